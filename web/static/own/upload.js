// Make a form that sends a file say how far it is (fetch cannot), and let files be dropped on it.
const MEGABYTE = 1 << 20; // as the server counts
const size = (bytes) => `${(bytes / MEGABYTE).toFixed(1)} MB`;
const tooLarge = (form) => form.elements.file.files[0]?.size > form.dataset.most * MEGABYTE;

const tell = (form, sentence) => {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = sentence;
  form.querySelector("[role=alert]").replaceChildren(notice);
};

const show = (form) => {
  const [file] = form.elements.file.files;
  if (!file) return;
  form.querySelector("[data-chosen]").textContent = `${file.name}, ${size(file.size)}`;
  form.querySelector("[role=alert]").replaceChildren();
  if (tooLarge(form)) tell(form, `This file has ${size(file.size)}; ${form.dataset.most} MB can be taken. FLAC or MP3 has fewer.`);
};

const sending = (form, now) => {
  form.querySelector("[data-sending]").hidden = !now;
  form.querySelector("[type=submit]").hidden = now;
};

const answered = (form, request) => {
  const lead = request.getResponseHeader("HX-Redirect");
  if (lead) return location.assign(lead);
  sending(form, false);
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const told = answer.getElementById("upload-error");
  if (told?.childElementCount) form.querySelector("[role=alert]").replaceChildren(...told.childNodes);
  else tell(form, "The server could not take the file. Try again in a moment.");
};

const send = (form) => {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("progress");
  const line = form.querySelector("[data-sent]");
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    line.textContent = loaded < total ? `${size(loaded)} of ${size(total)} sent` : "Sent. The server looks at it …";
  };
  request.onload = () => answered(form, request);
  request.onerror = () => (sending(form, false), tell(form, "The connection broke off. Nothing was kept; send it again."));
  request.onabort = () => sending(form, false);
  form.querySelector("[data-stop]").onclick = () => request.abort();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  sending(form, true);
  request.send(new FormData(form));
};

const ours = (event) => event.target.closest?.("[data-upload]");
const here = () => document.querySelector("[data-upload]");

document.addEventListener("change", (event) => event.target.name === "file" && ours(event) && show(ours(event)));

document.addEventListener("submit", (event) => {
  const form = ours(event);
  if (!form) return;
  event.preventDefault();
  if (tooLarge(form)) return show(form);
  send(form);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = ours(event) ?? here();
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    form.classList.toggle("over", kind === "dragover"); // what is dropped, every page takes in
  });
}
