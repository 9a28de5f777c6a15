// Marks the characters that the address names, as in /article/ID#120-240, and brings them into view.
(() => {
  // As Python counts them: code points, of which some are two units of a string here.
  const length = (text) => [...text].length;

  function unmark() {
    for (const mark of document.querySelectorAll("mark")) {
      const paragraph = mark.parentNode;
      mark.replaceWith(mark.textContent);
      paragraph.normalize();
    }
  }

  function mark() {
    unmark();
    const named = location.hash.match(/^#(\d+)-(\d+)$/);
    if (!named) return;
    const [start, end] = named.slice(1).map(Number);
    for (const paragraph of document.querySelectorAll("[data-start]")) {
      const first = Number(paragraph.dataset.start);
      const text = paragraph.textContent;
      if (first >= end || first + text.length <= start) continue;
      if (first + length(text) > start) cut(paragraph, [...text], start - first, end - first);
    }
    document.querySelector("mark")?.scrollIntoView({ block: "center" });
  }

  function cut(paragraph, characters, start, end) {
    const from = Math.max(start, 0);
    const part = (a, b) => characters.slice(a, b).join("");
    const mark = document.createElement("mark");
    mark.className = "current";
    mark.textContent = part(from, end);
    paragraph.replaceChildren(part(0, from), mark, part(Math.max(end, from)));
  }

  addEventListener("hashchange", mark);
  mark();
})();
