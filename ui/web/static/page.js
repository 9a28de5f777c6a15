// What the page does by itself: moving between footnotes, keeping conversations, keys.
// Nothing here makes markup out of text; what is shown was made by the server.
const footnote = (() => {
  const TURN = "footnote-turn-"; // each turn is kept under this and its id

  const REMEMBERED = 4; // turns that a follow-up is understood in the light of

  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const box = () => find("#question textarea, #question input");

  // The last thing pressed, by the name of the event that fetches it. Gradio would give an event
  // that had to wait for another the data of that other.
  const pressed = {};

  function press(trigger, event, name, what) {
    pressed[name] = what;
    trigger(event);
  }

  let queued = null; // a question that does not come from the box
  let replacing = null; // the turn that the next question takes the place of
  let asking = null; // where the answer under way will be kept
  let exporting = null; // the conversation being saved to a file
  let reading = null; // the answer whose footnotes are stepped through
  let opener = null; // the button whose source is shown
  let verdict = null; // what is being said of which answer

  // --- Asking ---

  function ask([question, conversations, ...scope]) {
    const text = (queued ?? question ?? "").trim();
    queued = null;
    if (!text) return ["", [], ...scope];
    const turns = chosenOf(conversations)?.turns ?? [];
    const at = turns.indexOf(replacing?.dataset.turn);
    asking = { text, conversation: conversations.current, at: at < 0 ? turns.length : at };
    if (replacing) all(".turn").slice(all(".turn").indexOf(replacing)).forEach((t) => t.remove());
    replacing = null;
    all(".turn.stopped").find((turn) => turn.dataset.question === text)?.remove();
    keepLive();
    document.body.classList.add("asking");
    write("");
    announce(text);
    const before = turns.slice(Math.max(0, asking.at - REMEMBERED), asking.at);
    return [text, before.map(kept).filter(Boolean).flatMap(said), ...scope];
  }

  const said = ({ answer }) => [
    { role: "user", text: answer.question },
    { role: "agent", text: answer.text },
  ];

  function keepLive() {
    const turn = find("#live .turn");
    if (turn) find("#past .turns").append(turn);
  }

  // The question as it stands until the server has begun with it, which may take its time.
  function announce(text) {
    const turn = document.createElement("article");
    turn.className = "turn pending";
    turn.append(document.createElement("h2"));
    turn.firstChild.dir = "auto";
    turn.firstChild.textContent = text;
    find("#live").prepend(turn);
    turn.scrollIntoView({ block: "start" });
  }

  // What the server never began with goes back into the box.
  function finished() {
    document.body.classList.remove("asking");
    const pending = find("#live .pending");
    if (pending) giveBack(pending.textContent);
    pending?.remove();
  }

  function giveBack(text) {
    if (box().value) return;
    write(text);
    box().focus();
    box().select();
  }

  function write(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  const busy = () => document.body.classList.contains("asking");

  function askFor(text) {
    queued = text;
    find("#send").click();
  }

  function stopped() {
    asking = null;
    const turn = find("#live .turn.searching, #live .turn.writing");
    turn?.classList.add("stopped");
    if (turn) giveBack(turn.dataset.question);
  }

  // --- Keeping conversations ---

  // Browsers keep the list of conversations under the name `talks`.
  const chosenOf = ({ talks, current }, id = current) => talks.find((one) => one.id === id);
  const kept = (id) => JSON.parse(localStorage.getItem(TURN + id));
  const turns = (conversations) => keptOf(chosenOf(conversations, exporting ?? conversations.current));
  const keptOf = (conversation) => (conversation?.turns ?? []).map(kept).filter(Boolean);

  function save(record, conversations) {
    finished();
    if (!asking || record?.answer.question !== asking.text) return conversations;
    const old = chosenOf(conversations, asking.conversation);
    const turns = [...(old?.turns ?? []).slice(0, asking.at), record.id];
    const title = old?.title ?? record.answer.question.slice(0, 80);
    const chosen = { id: old?.id ?? record.id, title, turns };
    const others = conversations.talks.filter(({ id }) => id !== chosen.id);
    asking = null;
    return { current: chosen.id, talks: [chosen, ...others.slice(0, keepTurn(record, others))] };
  }

  // Keeps the turn, at the cost of the oldest conversations when the browser has no more room.
  function keepTurn(record, others) {
    for (let count = others.length; ; count--) {
      try {
        localStorage.setItem(TURN + record.id, JSON.stringify(record));
        return count;
      } catch (error) {
        if (!count) throw error;
        others[count - 1].turns.forEach((id) => localStorage.removeItem(TURN + id));
      }
    }
  }

  // Forgets the turns that no conversation holds any more.
  function tidied(conversations) {
    const held = new Set(conversations.talks.flatMap(({ turns }) => turns));
    for (const key of Object.keys(localStorage))
      if (key.startsWith(TURN) && !held.has(key.slice(TURN.length))) localStorage.removeItem(key);
    return [conversations];
  }

  function menu(element, trigger) {
    const entry = (at) => at.closest("[data-conversation]")?.dataset.conversation;
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-act], button[data-export]");
      if (!button || !confirmed(button)) return;
      const { act, export: kind } = button.dataset;
      exporting = kind && entry(button);
      const title = button.closest("li")?.firstChild.textContent;
      if (kind) press(trigger, "export", "export", { title, kind });
      else press(trigger, "act", "act", { act, conversation: entry(button) });
      if (act) all("details[open]", element).forEach((details) => (details.open = false));
      if (act === "new") box().focus();
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = event.target.elements.title.value;
      const conversation = entry(event.target);
      press(trigger, "act", "act", { act: "rename", conversation, title });
    });
  }

  // A button that destroys something is pressed twice.
  function confirmed(button) {
    const { confirm } = button.dataset;
    if (!confirm || button.textContent === confirm) return true;
    const label = button.textContent;
    button.textContent = confirm;
    setTimeout(() => (button.textContent = label), 4000);
    return false;
  }

  function download({ name, type, text }) {
    exporting = null;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // --- A turn's own buttons ---

  function transcript(element, trigger, watch) {
    watch("value", () => arrived(element));
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.matches(".marker, .passage")) open(button, trigger);
      if (button?.dataset.action) act[button.dataset.action](button, trigger);
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      judge(event.target, verdict.verdict, trigger, event.target.elements.why.value);
      event.target.hidden = true;
    });
  }

  function arrived(element) {
    const turn = find("#live .turn:not(.pending)", element.parentElement.parentElement.parentElement);
    if (turn) find("#live .pending")?.remove();
    if (turn && turn.dataset.turn !== arrived.last) turn.scrollIntoView({ block: "start" });
    arrived.last = turn?.dataset.turn ?? arrived.last;
  }

  const act = {
    copy(button) {
      copyText(button.closest(".turn").dataset.copy).then(() => say(button, "Copied"));
    },
    edit(button) {
      replacing = button.closest(".turn");
      write(replacing.dataset.question);
      box().focus();
    },
    again(button) {
      if (busy()) return;
      replacing = button.closest(".turn");
      askFor(replacing.dataset.question);
    },
    good: (button, trigger) => judge(button, "good", trigger),
    bad: (button, trigger) => judge(button, "bad", trigger),
  };

  // The clipboard is there only for https and this machine; elsewhere a selection does it.
  async function copyText(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  function say(button, text) {
    const label = button.textContent;
    button.textContent = text;
    setTimeout(() => (button.textContent = label), 2000);
  }

  function judge(within, said, trigger, why = "") {
    const turn = within.closest(".turn");
    verdict = { turn: turn.dataset.turn, verdict: said, why };
    for (const name of ["good", "bad"])
      find(`[data-action=${name}]`, turn).setAttribute("aria-pressed", String(name === said));
    const form = find(".why", turn);
    form.hidden = false;
    find("input", form).focus();
    trigger("judge", verdict);
  }

  const judged = () => kept(verdict.turn);

  // --- Reading the sources ---

  function open(button, trigger) {
    const cited = button.matches(".marker");
    const markers = cited ? all(".marker", button.closest(".turn, .checked, .told")) : [button];
    const spans = new Map(markers.map((marker) => [span(marker).number, span(marker)]));
    reading = { trigger, spans, turn: button.closest(".turn") };
    show(button);
    go(span(button).number);
  }

  const span = ({ dataset: { number, article, start, end, title, version } }) => ({
    number: Number(number),
    article,
    start: Number(start),
    end: Number(end),
    title,
    version,
  });

  function go(number) {
    const { spans, trigger, turn } = reading;
    const { article } = spans.get(number);
    reading.current = number;
    press(trigger, "open", "span", { article, spans: [...spans.values()], current: number });
  }

  function step(by) {
    if (!reading) {
      const first = find("#live .marker") ?? all("#past .turn .marker").at(-1);
      return first?.click();
    }
    const numbers = [...reading.spans.keys()].sort((a, b) => a - b);
    const place = numbers.indexOf(reading.current) + by;
    go(numbers[(place + numbers.length) % numbers.length]);
  }

  function report(element, trigger) {
    element.addEventListener("click", ({ target }) => {
      const marker = target.closest(".marker");
      if (marker) open(marker, trigger);
    });
  }

  function source(element, trigger, watch) {
    watch("value", () => reveal(element.closest("#source, #proof, #origin")));
    element.addEventListener("click", ({ target }) => {
      if (target.closest(".close")) close();
      const button = target.closest(".step");
      if (button) go(Number(button.dataset.number));
    });
  }

  function reveal(frame) {
    const mark = find("mark.current", frame);
    if (!mark) return frame.scrollTo({ top: 0 });
    const top = mark.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    const head = find("header", frame).offsetHeight;
    frame.scrollTo({ top: frame.scrollTop + top - head - (frame.clientHeight - head) / 4 });
  }

  function show(button) {
    opener = button;
    document.body.classList.add("reading");
  }

  function close() {
    document.body.classList.remove("reading");
    opener?.focus();
  }

  // --- The articles ---

  function articleList(element, trigger) {
    // Gradio names the button otherwise than it is labelled.
    find("#files button[aria-label]")?.removeAttribute("aria-label");
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      const article = button?.closest("[data-article]")?.dataset.article;
      if (button?.matches(".open")) show(button), press(trigger, "open", "article", article);
      if (button?.matches(".remove") && confirmed(button)) trigger("remove", { article });
    });
  }

  function article(element, watch) {
    watch("value", () => find("#article").scrollTo({ top: 0 }));
    element.addEventListener("click", ({ target }) => target.closest(".close") && close());
  }

  // The list of conversations folds away when something else is pressed.
  function folded(target) {
    const list = find(".menu > details[open]");
    if (!list || list.contains(target)) return false;
    list.open = false;
    return true;
  }

  document.addEventListener("click", ({ target }) => folded(target));

  // --- Keys ---

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return folded() || close();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = { n: () => step(1), p: () => step(-1), "/": () => box().focus() }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  return {
    pressed, ask, save, stopped, turns, tidied, menu, download, transcript, judged, report, source, articleList,
    article,
  };
})();
