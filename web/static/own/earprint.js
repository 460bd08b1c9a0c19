// What pages do beyond links and forms: say aloud what a panel brought, count down to asking again.
const announce = (text) => {
  const line = document.getElementById("announcer");
  if (line && text && line.textContent !== text) line.textContent = text;
};

document.addEventListener("htmx:after:settle", (event) => {
  for (const element of event.detail?.newContent ?? []) {
    announce(element.dataset?.announce);
    const asked = element.querySelector?.("[data-focus]");
    if (asked && document.activeElement === document.body) asked.focus({ preventScroll: true });
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
