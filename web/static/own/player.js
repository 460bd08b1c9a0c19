// One cursor over all lanes: it follows the audio while it plays, and leads it where one points.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const clock = (second) => `${Math.floor(second / 60)}:${String(Math.floor(second % 60)).padStart(2, "0")}`;

const begin = (lanes) => {
  const end = Number(lanes.dataset.lanes) || 1;
  const audio = document.getElementById("audio");
  const line = document.getElementById("at");
  const slider = document.querySelector("[data-slider] input");
  const heads = lanes.querySelectorAll(".playhead line");
  const parts = [...lanes.querySelectorAll("[data-start]")].map((part) => [Number(part.dataset.start), part.dataset.says]);
  const frame = lanes.parentElement;
  let told = "";

  const says = (second) => {
    const here = parts.findLast(([start]) => start <= second);
    return here ? `${clock(second)} · ${here[1]}` : clock(second);
  };

  const show = (second) => {
    const place = `${Math.min(100, (100 * second) / end)}%`;
    for (const head of heads) {
      head.setAttribute("x1", place);
      head.setAttribute("x2", place);
    }
    const now = says(second);
    if (now === told) return;
    told = line.textContent = now;
    slider.value = second;
    slider.setAttribute("aria-valuetext", now);
    keepInView(second / end);
  };

  const keepInView = (share) => {
    const x = share * lanes.scrollWidth;
    if (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth) frame.scrollLeft = x - frame.clientWidth / 8;
  };

  const seek = (second) => {
    const to = Math.max(0, Math.min(end, second));
    if (audio.src) audio.currentTime = to;
    show(to);
  };

  const follow = () => {
    show(audio.currentTime);
    if (!audio.paused && !calm.matches) requestAnimationFrame(follow);
  };

  audio.addEventListener("play", follow);
  audio.addEventListener("timeupdate", () => show(audio.currentTime));
  audio.addEventListener("error", () => {
    document.getElementById("unplayable").textContent = "This browser cannot play this kind of file; the lanes stay.";
  });
  slider.addEventListener("input", () => seek(Number(slider.value)));
  document.querySelector("[data-slider]").hidden = false;

  const own = document.querySelector("[data-local]");
  if (own) own.hidden = false;
  own?.addEventListener("change", ({ target }) => {
    audio.src = URL.createObjectURL(target.files[0]);
    audio.hidden = false;
  });

  for (const stage of lanes.querySelectorAll(".stage")) {
    stage.addEventListener("click", (event) => {
      if (event.target.closest("a")) return; // a section's link says where itself
      const box = stage.getBoundingClientRect();
      seek(((event.clientX - box.left) / box.width) * end);
    });
  }
  for (const link of document.querySelectorAll("a[data-to]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a new tab or window
      event.preventDefault();
      const href = link.href.baseVal ?? link.getAttribute("href");
      history.replaceState(null, "", href);
      seek(Number(href.split("t=")[1]));
    });
  }
};

const lanes = document.querySelector("[data-lanes]");
if (lanes) begin(lanes);
