// A worksheet says when it is not saved yet, saves what was typed last before it is left, and prints itself.
const LATER = "Not saved yet …";
let typed = 0; // inputs since all was known to be saved
let sent = 0; // how many of them a request on its way holds

const sheet = () => document.querySelector("[data-sheet]");
const line = () => document.querySelector("[data-saved]");
const isSaved = () => (typed = sent = 0);

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-sheet]")) return;
  typed += 1;
  line().textContent = LATER;
});

document.addEventListener("htmx:before:request", (event) => {
  if (event.target === sheet()) sent = typed;
});

document.addEventListener("htmx:after:swap", () => {
  if (!sheet() || !sent) return;
  if (sent === typed) isSaved();
  else line().textContent = LATER;
});

document.addEventListener("submit", (event) => event.target === sheet() && isSaved());

addEventListener("pagehide", () => {
  const form = sheet();
  if (!form || !typed) return;
  fetch(form.getAttribute("hx-post"), { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
  isSaved();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
