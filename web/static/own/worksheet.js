// A worksheet says when it is not saved yet, tries until it is, warns before what cannot be saved is
// left, saves what was typed last on the way out, and prints itself.
const LATER = "Not saved yet …";
const SILENT = "Not saved yet: this server does not answer. What you typed stays here, and is sent again until it is saved.";
const REFUSED = "Not saved: this server took nothing of it. What you typed stays here; press Save to see why.";
const AGAIN_MS = 5000;
const MOST_LETTERS = 60_000; // that a browser sends for a page which is gone
const touched = new Set(); // keys of questions with something that is not known to be saved
let typed = 0; // inputs since all was known to be saved
let sent = 0; // how many of them a request on its way holds
let waiting;
let renewed = false; // whether the refusals since the last saving have led to another token

const sheet = () => document.querySelector("[data-sheet]");
const line = () => document.querySelector("[data-saved]");
const isSaved = () => {
  typed = sent = 0;
  renewed = false;
  touched.clear();
};
const say = (text, saved) => {
  line().textContent = text;
  line().dataset.saved = saved;
};
const save = () => typed && sheet()?.dispatchEvent(new Event("change", { bubbles: true }));
const again = () => {
  clearTimeout(waiting);
  waiting = setTimeout(save, AGAIN_MS);
};
// Whoever has signed in since, or again, in another window sends what their sign-in asks for.
const renew = async () => {
  if (renewed) return;
  renewed = true;
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const [token, old] = [page, document].map((one) => one.querySelector("[data-sheet] > [name=csrf_token]"));
  if (!token) return;
  old?.remove();
  sheet().prepend(document.importNode(token));
  save();
};
const lastWords = () => {
  const said = [...new FormData(sheet())].filter(([name]) => !name.includes(".") || touched.has(name.split(".")[1]));
  return new URLSearchParams(said);
};

if (line()?.dataset.saved === "no") typed = 1; // what the page shows is not saved yet

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-sheet]")) return;
  typed += 1;
  touched.add(event.target.name.split(".")[1]);
  say(LATER, line().dataset.saved);
});

document.addEventListener("htmx:before:request", (event) => {
  if (event.target === sheet()) sent = typed;
});

document.addEventListener("htmx:before:swap", (event) => {
  if (event.target !== sheet() || event.detail.ctx.text.includes("data-saved")) return;
  event.preventDefault(); // else what the form goes on from is gone
  say(REFUSED, "no");
  if (event.detail.ctx.response.status === 403) renew();
});

document.addEventListener("htmx:after:swap", (event) => {
  if (event.target !== sheet() || !sent) return;
  if (line().querySelector("[data-retry-after]")) again();
  if (line().dataset.saved === "no") return;
  if (sent === typed) isSaved();
  else say(LATER, "yes");
});

document.addEventListener("htmx:error", (event) => {
  if (event.target !== sheet()) return;
  say(SILENT, "no");
  again();
});

addEventListener("online", save);

document.addEventListener("submit", (event) => event.target === sheet() && isSaved());

addEventListener("beforeunload", (event) => {
  if (!sheet() || !typed) return;
  if (line().dataset.saved === "no" || String(lastWords()).length > MOST_LETTERS) event.preventDefault();
});

addEventListener("pagehide", () => {
  if (!sheet() || !typed) return;
  fetch(sheet().getAttribute("hx-post"), { method: "POST", body: lastWords(), keepalive: true });
  isSaved();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
