"use strict";
const words = document.getElementById("words");
const choices = ["result", "answer", "type", "move"].map((name) => document.getElementById(name));
const cases = [...document.querySelectorAll(".case")];
function filter() {
  const wanted = words.value.toLowerCase();
  for (const one of cases) {
    const chosen = choices.every((c) => !c.value || one.dataset[c.id] === c.value);
    one.hidden = !(chosen && one.textContent.toLowerCase().includes(wanted));
  }
  const shown = cases.filter((one) => !one.hidden).length;
  document.getElementById("count").textContent = `${shown} of ${cases.length}`;
}
for (const control of [words, ...choices]) control.addEventListener("input", filter);
filter();
