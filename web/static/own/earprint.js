// What pages do beyond links and forms: say aloud what a panel brought, keep the focus where it was,
// count down to asking again, take in what is dropped.
const announce = (text) => {
  const line = document.getElementById("announcer");
  if (line && text && line.textContent !== text) line.textContent = text;
};

// Whoever pressed what is replaced by the answer goes on at the same place of it, or at its heading.
let held = null;
document.addEventListener("focusin", (event) => (held = event.target));
const same = (one) => one.textContent === held.textContent && one.getAttribute("name") === held.getAttribute("name");
const keepFocus = (element) => {
  if (document.activeElement !== document.body || !held || held.isConnected) return;
  const heading = element.querySelector("[data-focus], h2");
  const next = element.querySelector("[data-focus]") ?? [...element.querySelectorAll(held.tagName)].find(same) ?? heading;
  if (next === heading) heading?.setAttribute("tabindex", "-1");
  next?.focus({ preventScroll: true });
};

document.addEventListener("htmx:after:settle", (event) => {
  for (const element of event.detail?.newContent ?? []) {
    announce(element.dataset?.announce);
    if (element.querySelector) keepFocus(element);
  }
});

// What is asked again after a while counts down; when the time has come it says so.
const again = (seconds) => `Ask again in ${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}.`;
const countDown = () => {
  for (const line of document.querySelectorAll("[data-retry-after]")) {
    line.dataset.until ??= Date.now() + 1000 * Number(line.dataset.retryAfter);
    const left = Math.ceil((Number(line.dataset.until) - Date.now()) / 1000);
    line.textContent = left > 0 ? again(left) : "You can ask again now.";
    if (left <= 0) line.removeAttribute("data-retry-after");
  }
};
setInterval(countDown, 1000);

// A file that is dropped beside its box would replace the page: the page's own box takes it, if it has one.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    const box = event.target.closest?.("form")?.querySelector("input[type=file]") ?? document.querySelector("main input[type=file]");
    event.preventDefault();
    if (kind !== "drop" || !box || !event.dataTransfer.files.length) return;
    box.files = event.dataTransfer.files;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
