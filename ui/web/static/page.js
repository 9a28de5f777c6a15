// What the page does by itself: moving between footnotes, keeping conversations, keys.
// Nothing here makes markup out of text; what is shown was made by the server.
const footnote = (() => {
  const TURN = "footnote-turn-"; // each turn is kept under this and its id
  const LIST = "footnote-conversations"; // their list, which all tabs share
  const ASIDE = "footnote-set-aside"; // a list that could not be read
  const SHOWN = "footnote-shown"; // the conversation that this tab shows
  const READER = "footnote-reader"; // what this browser calls itself where it adds files
  const VERSION = 1; // of the list

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
  let taken = null; // the conversation being exported or shared, and the button that was pressed
  let reading = null; // the answer whose footnotes are stepped through
  let opener = null; // the button whose source is shown
  let verdict = null; // what is being said of which answer

  // --- Asking ---

  function ask([question, , ...scope]) {
    const text = (queued ?? question ?? "").trim();
    queued = null;
    if (!text) return ["", [], ...scope];
    const { current, conversations } = stored();
    const turns = conversations.find(({ id }) => id === current)?.turns ?? [];
    const at = turns.indexOf(replacing?.dataset.turn);
    const replaced = at < 0 ? [] : turns.slice(at);
    asking = { text, conversation: current, replaced };
    if (replacing) all(".turn").slice(all(".turn").indexOf(replacing)).forEach((t) => t.remove());
    replacing = null;
    all(".turn.stopped").find((turn) => turn.dataset.question === text)?.remove();
    keepLive();
    document.body.classList.add("asking");
    write("");
    announce(text);
    const before = turns.slice(0, turns.length - replaced.length).slice(-REMEMBERED);
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

  // Every tab reads the list anew, changes it and writes it, so that none works on an old one.
  function stored() {
    const conversations = list();
    const shown = sessionStorage.getItem(SHOWN) ?? begin();
    const current = conversations.some(({ id }) => id === shown) ? shown : null;
    return { current, conversations };
  }

  // A new tab shows what was shown last in any, and from then on its own choice.
  function begin() {
    const last = localStorage.getItem(SHOWN) ?? "";
    sessionStorage.setItem(SHOWN, last);
    return last;
  }

  function list() {
    const text = localStorage.getItem(LIST);
    if (text === null) return [];
    const { version, conversations } = parsed(text) ?? {};
    if (version === VERSION && conversations?.every?.(isConversation)) return conversations;
    localStorage.setItem(ASIDE, text);
    localStorage.removeItem(LIST);
    return [];
  }

  const isConversation = (one) =>
    typeof one?.id === "string" && typeof one.title === "string" && Array.isArray(one.turns);

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  function writeList(conversations) {
    localStorage.setItem(LIST, JSON.stringify({ version: VERSION, conversations }));
  }

  function choose(id) {
    sessionStorage.setItem(SHOWN, id ?? "");
    localStorage.setItem(SHOWN, id ?? "");
  }

  // What browsers kept before the list had a version becomes its first one.
  function adopt(former) {
    if (!former?.talks?.length || localStorage.getItem(LIST) !== null) return;
    if (!former.talks.every(isConversation)) return;
    writeList(former.talks);
    choose(former.current);
  }

  function conversations(former) {
    adopt(former);
    return stored();
  }

  const kept = (id) => parsed(localStorage.getItem(TURN + id));
  const keptOf = (conversation) => (conversation?.turns ?? []).map(kept).filter(Boolean);

  function turns(former) {
    const { current, conversations: all } = conversations(former);
    return keptOf(all.find(({ id }) => id === current));
  }

  function save(record) {
    finished();
    if (!asking || record?.answer.question !== asking.text) return;
    const { conversation, replaced } = asking;
    asking = null;
    const known = list();
    const old = known.find(({ id }) => id === conversation);
    const turns = (old?.turns ?? []).filter((id) => !replaced.includes(id));
    const title = old?.title ?? record.answer.question.slice(0, 80);
    const chosen = { id: old?.id ?? record.id, title, turns: [...turns, record.id] };
    const others = known.filter(({ id }) => id !== chosen.id);
    forget(replaced);
    writeList([chosen, ...others.slice(0, keepTurn(record, others))]);
    choose(chosen.id);
  }

  // Keeps the turn, at the cost of the oldest conversations when the browser has no more room.
  function keepTurn(record, others) {
    for (let count = others.length; ; count--) {
      try {
        localStorage.setItem(TURN + record.id, JSON.stringify(record));
        return count;
      } catch (error) {
        if (!count) throw error;
        forget(others[count - 1].turns);
      }
    }
  }

  const forget = (turns) => turns.forEach((id) => localStorage.removeItem(TURN + id));

  const change = {
    new: () => choose(null),
    choose: ({ conversation }) => choose(conversation),
    rename({ conversation, title }) {
      const line = title.trim().split(/\s+/).join(" ").slice(0, 80) || "New conversation";
      writeList(list().map((one) => (one.id === conversation ? { ...one, title: line } : one)));
    },
    delete({ conversation }) {
      const known = list();
      forget(known.find(({ id }) => id === conversation)?.turns ?? []);
      writeList(known.filter(({ id }) => id !== conversation));
    },
  };

  function reader() {
    const name = () => [...crypto.getRandomValues(new Uint8Array(16))].join("-");
    if (!localStorage.getItem(READER)) localStorage.setItem(READER, name());
    return localStorage.getItem(READER);
  }

  function menu(element, trigger) {
    const entry = (at) => at.closest("[data-conversation]")?.dataset.conversation;
    const act = (name, what) => {
      change[name](what);
      trigger("act");
    };
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-act], button[data-export]");
      if (!button || !confirmed(button)) return;
      const { act: name, export: kind } = button.dataset;
      const title = button.closest("li")?.firstChild.textContent;
      if (kind) {
        taken = { conversation: entry(button), button };
        press(trigger, kind === "shared" ? "publish" : "export", "export", { title, kind });
        return;
      }
      act(name, { conversation: entry(button) });
      all("details[open]", element).forEach((details) => (details.open = false));
      if (name === "new") box().focus();
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = event.target.elements.title.value;
      act("rename", { conversation: entry(event.target), title });
    });
    // Another tab of this browser has changed the list.
    addEventListener("storage", ({ key }) => key === LIST && trigger("changed"));
  }

  const exporting = () => keptOf(list().find(({ id }) => id === taken.conversation));

  // A shared conversation's link is copied, and there to be opened.
  function linked({ name }) {
    const link = document.createElement("a");
    link.href = new URL(`conversation/${name}`, document.baseURI);
    link.textContent = link.href;
    link.target = "_blank";
    find(".shared-link", taken.button.parentElement)?.remove();
    const line = document.createElement("p");
    line.className = "shared-link";
    line.append(link);
    taken.button.after(line);
    copyText(link.href).then(() => say(taken.button, "Link copied"));
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
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // --- A turn's own buttons ---

  function transcript(element, trigger, watch) {
    watch("value", () => arrived(element));
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      opens(event, trigger);
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
    if (turn?.matches(".done, .failed") && turn.dataset.turn !== arrived.told) tell(turn);
    arrived.last = turn?.dataset.turn ?? arrived.last;
  }

  // To those who hear the page an answer is read once, when it is whole.
  function tell(turn) {
    arrived.told = turn.dataset.turn;
    const answer = find(".answer", turn).cloneNode(true);
    const count = all(".marker", answer).length;
    all(".markers", answer).forEach((markers) => markers.remove());
    const footnotes = count ? ` ${count} ${count === 1 ? "footnote" : "footnotes"}.` : "";
    const parts = all("p, li", answer).map(({ textContent }) => textContent.trim());
    find("#announcer p").textContent = `${parts.join(" ")}${footnotes}`;
  }

  const act = {
    copy: (button) => copied(button, button.closest(".turn").dataset.copy),
    markdown: (button) => copied(button, button.closest(".turn").dataset.markdown),
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

  const copied = (button, text) => copyText(text).then(() => say(button, "Copied"));

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

  // A footnote is a link as well: with a key held down, or another button, the browser follows it.
  function opens(event, trigger) {
    const button = event.target.closest(".marker, .passage");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(button, trigger);
  }

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
    element.addEventListener("click", (event) => opens(event, trigger));
  }

  function source(element, trigger, watch) {
    watch("value", () => reveal(element.closest("#source, #proof, #origin")));
    element.addEventListener("click", (event) => {
      const { target } = event;
      if (target.closest(".close")) close();
      const button = target.closest(".step");
      if (button) go(Number(button.dataset.number));
      opens(event, trigger);
    });
  }

  // Again for a few frames: paragraphs take their heights only as they come into view.
  function reveal(frame, frames = 5) {
    const mark = find("mark.current", frame);
    if (!mark) return frame.scrollTo({ top: 0 });
    const top = mark.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    const head = find("header", frame).offsetHeight;
    frame.scrollTo({ top: frame.scrollTop + top - head - (frame.clientHeight - head) / 4 });
    if (frames) requestAnimationFrame(() => reveal(frame, frames - 1));
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

  function articleList(element, trigger, watch) {
    const nearing = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) trigger("more");
    });
    watch("value", () => {
      nearing.disconnect();
      all(".more", element).forEach((button) => nearing.observe(button));
    });
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      const article = button?.closest("[data-article]")?.dataset.article;
      if (button?.matches(".more")) trigger("more");
      if (button?.matches(".open")) show(button), press(trigger, "open", "article", article);
      if (button?.matches(".remove") && confirmed(button)) trigger("remove", { article });
    });
  }

  const rows = () => all("#article-list li");
  const shown = () => rows().length;

  // The next page of the list, which has come beside it.
  function append(element, watch) {
    watch("value", () => {
      const known = new Set(rows().map(({ dataset }) => dataset.article));
      const next = all("li", element).filter(({ dataset }) => !known.has(dataset.article));
      const list = find("#article-list ul");
      list?.append(...next);
      const whole = shown() >= Number(list?.parentElement.dataset.matching) || !next.length;
      if (whole) find("#article-list .more")?.remove();
    });
  }

  function article(element, watch) {
    watch("value", () => find("#article").scrollTo({ top: 0 }));
    element.addEventListener("click", ({ target }) => target.closest(".close") && close());
  }

  // --- Adding articles ---

  function dropZone(element, trigger) {
    const zone = find(".drop-zone", element);
    const over = (event) => {
      event.preventDefault();
      zone.classList.toggle("over", event.type === "dragover");
    };
    for (const name of ["dragover", "dragleave", "drop"]) zone.addEventListener(name, over);
    zone.addEventListener("drop", async ({ dataTransfer: { items } }) => {
      const entries = [...items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
      send((await Promise.all(entries.map(within))).flat(), trigger);
    });
    zone.addEventListener("change", ({ target }) => {
      const named = [...target.files].map((file) => [file.webkitRelativePath || file.name, file]);
      send(named, trigger);
      target.value = "";
    });
  }

  // Every file of an entry, a folder's through and through, with its name from there on.
  async function within(entry) {
    if (entry.isFile) {
      const file = await new Promise((done, fail) => entry.file(done, fail));
      return [[entry.fullPath.slice(1), file]];
    }
    const reading = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, fail) => reading.readEntries(done, fail));
      if (!some.length) return (await Promise.all(found.map(within))).flat();
      found.push(...some.filter(({ name }) => !name.startsWith(".")));
    }
  }

  // Files go to the server one after the other, each with its own progress; then they are added.
  async function send(named, trigger) {
    const accepted = find(".drop-zone").dataset.accepted.split(",");
    const lines = named.map(([name, file]) => ({ name, file, tell: line(name) }));
    const files = [];
    for (const { name, file, tell } of lines) {
      const known = accepted.some((ending) => name.toLowerCase().endsWith(ending));
      const path = known ? await upload(file, tell) : tell("not a kind that can be read", "failed");
      if (path) files.push({ path, name });
    }
    if (files.length) press(trigger, "arrived", "files", files);
  }

  function line(name) {
    const item = document.createElement("li");
    const label = document.createElement("b");
    label.textContent = name;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", name);
    const state = document.createElement("span");
    item.append(label, bar, state);
    find(".drop-zone .uploads").append(item);
    return (text, kind, part = 0) => {
      state.textContent = text;
      bar.value = part;
      if (kind) item.className = kind;
      if (kind) bar.remove();
    };
  }

  // Where the server has put a file; nothing, when it has not.
  function upload(file, tell) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("files", file);
      const failed = (why) => {
        tell(why, "failed");
        done();
      };
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        tell(`${Math.floor((100 * loaded) / total)} %`, null, loaded / total);
      });
      request.addEventListener("load", () => {
        if (request.status === 413) return failed("larger than is read");
        if (request.status !== 200) return failed(`refused (${request.status})`);
        tell("has arrived", "arrived");
        done(JSON.parse(request.responseText)[0]);
      });
      request.addEventListener("error", () => failed("the connection broke"));
      request.open("POST", new URL("gradio_api/upload", document.baseURI));
      request.send(body);
    });
  }

  // What the server says of the files it has takes the place of the lines about them.
  function news(element, watch) {
    watch("value", () => {
      if (find(".files, .error", element)) all(".uploads .arrived").forEach((item) => item.remove());
    });
  }

  // The list of conversations folds away when something else is pressed.
  function folded(target) {
    const list = find(".menu > details[open]");
    if (!list || list.contains(target)) return false;
    list.open = false;
    return true;
  }

  document.addEventListener("click", (event) => {
    folded(event.target);
    const source = event.target.closest("[data-copy]:not(.turn), [data-link]");
    if (!source || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    copied(source, source.dataset.copy ?? new URL(source.getAttribute("href"), document.baseURI).href);
  });

  // --- Keys ---

  function question() {
    find("#tabs button[role=tab]").click();
    focusBox();
  }

  // The box takes the focus once its tab is shown.
  function focusBox(tries = 30) {
    box().focus();
    if (document.activeElement !== box() && tries) requestAnimationFrame(() => focusBox(tries - 1));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return folded() || close();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = { n: () => step(1), p: () => step(-1), "/": question }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  return {
    pressed, ask, save, stopped, conversations, turns, menu, exporting, download, linked, transcript, judged,
    report, source, articleList, append, shown, article, dropZone, news, reader,
  };
})();
