// What pages do beyond links and forms: say aloud what a panel brought, and open details on paper.
const announce = (text) => {
  const line = document.getElementById("announcer");
  if (line && text && line.textContent !== text) line.textContent = text;
};

document.addEventListener("htmx:after:settle", (event) => {
  for (const element of event.detail?.newContent ?? []) {
    announce(element.dataset?.announce);
  }
});

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.dataset.closed = "";
    details.open = true;
  }
});

addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-closed]")) {
    delete details.dataset.closed;
    details.open = false;
  }
});
