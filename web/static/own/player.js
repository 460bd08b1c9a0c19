// One cursor over all lanes. It follows the music, leads it where one points, and is kept in the
// address together with the zoom, so that Back restores what was seen. It begins with the page, and
// tells `lanes.js`, which draws, and `stretch.js`, by which one looks closer.
const CLOSE_S = 8;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const clock = (second) => {
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, Math.floor(second % 60)].slice(second < 3600 ? 1 : 0);
  return parts.map((part, n) => (n ? String(part).padStart(2, "0") : part)).join(":");
};
let running;

const begin = (lanes) => {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const listen = (target, event, action, options = {}) => target.addEventListener(event, action, { signal, ...options });

  const end = Number(lanes.dataset.end) || 1;
  const frame = lanes.parentElement;
  const [audio, line, slider] = ["audio", "at", "time"].map((id) => document.getElementById(id));
  const bar = slider.parentElement;
  const zooms = [...bar.querySelectorAll(".zoom a")];
  const heads = document.querySelectorAll(".playhead line");
  const parts = [...document.querySelectorAll("tr[data-row]")].map(({ dataset }) => ({ ...dataset, start: Number(dataset.start), stop: Number(dataset.stop) }));
  const sectionAt = (second) => parts.findLast(({ start }) => start <= second);
  let second = Number(slider.value);
  let [from, to] = [Number(lanes.dataset.from), Number(lanes.dataset.to)];
  let [zoom, chosen] = ["", ""];

  // What is shown

  const span = () => {
    const here = zoom === "section" && sectionAt(second);
    if (here) return [here.start, here.stop];
    if (zoom === "stretch" && second >= from && second <= to) return [from, to];
    const long = { 8: CLOSE_S, stretch: to - from }[zoom] ?? end;
    const start = Math.max(0, Math.min(end - long, second - long / 2));
    return [start, start + long];
  };

  const look = ([start, stop] = span()) => {
    [from, to] = [start, stop];
    for (const link of zooms) {
      const here = new URLSearchParams(link.search).get("zoom") ?? "";
      if (here === zoom) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const shown = to - from < end ? new URLSearchParams({ from: from.toFixed(2), to: to.toFixed(2) }) : "";
    for (const link of document.querySelectorAll("a[href*='/lanes.svg']")) link.search = shown;
    lanes.dispatchEvent(new CustomEvent("look", { detail: { from, to } }));
    point();
  };

  const point = () => {
    const place = `${((second - from) / (to - from)) * 100}%`;
    for (const head of heads) {
      head.setAttribute("x1", place);
      head.setAttribute("x2", place);
    }
  };

  const closer = (start, stop, done) => {
    zoom = stop - start < end ? "stretch" : "";
    look([start, stop]);
    if (!done) return;
    note(location.search === address() ? "replaceState" : "pushState");
    document.getElementById("announcer").textContent = zoom ? `${clock(from)} to ${clock(to)}` : "The whole song";
  };

  const show = (at, follow = true) => {
    second = at;
    if (follow && zoom && (second < from || second >= to)) look();
    else point();
    const here = sectionAt(second);
    const now = here ? `${clock(second)} · ${here.says}` : clock(second);
    if (now === line.textContent) return;
    line.textContent = now;
    slider.value = second;
    slider.setAttribute("aria-valuetext", here ? `${clock(second)}, ${here.spoken}` : now);
    mark(here?.row);
    const x = ((second - from) / (to - from)) * lanes.scrollWidth;
    if (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth) frame.scrollLeft = x - frame.clientWidth / 8;
  };

  const mark = (number) => {
    for (const row of document.querySelectorAll("tr[data-row]")) {
      row.classList.toggle("here", row.dataset.row === number);
      if (row.dataset.row === number) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    for (const part of lanes.querySelectorAll("[data-section]")) part.classList.toggle("on", part.dataset.section === number);
  };

  const seek = (at, follow) => {
    const place = Math.max(0, Math.min(end, at));
    if (audio.currentSrc) audio.currentTime = place;
    show(place, follow);
  };

  // What is kept in the address

  const address = () => {
    const t = chosen ? 0 : Math.round(second * 100) / 100;
    const [start, stop] = [from, to].map((each) => Math.round(each * 100) / 100);
    const seen = zoom === "stretch" ? { from: start, to: stop } : { zoom };
    const given = Object.entries({ section: chosen, t, ...seen }).filter(([, value]) => value);
    return `?${new URLSearchParams(given)}`;
  };
  const note = (how) => history[how](null, "", address());

  const restore = () => {
    const asked = new URLSearchParams(location.search);
    zoom = asked.has("to") ? "stretch" : asked.get("zoom") ?? "";
    if (zoom === "stretch") [from, to] = [Number(asked.get("from")), Number(asked.get("to"))];
    const here = parts.find(({ row }) => row === asked.get("section"));
    open(here?.row ?? "");
    const start = zoom === "stretch" ? from : 0;
    second = here?.start ?? Math.min(end, Number(asked.get("t") ?? start) || 0);
    look(zoom === "stretch" ? [from, to] : span());
    seek(second, false);
  };

  const open = async (number) => {
    if (number === chosen) return;
    chosen = number;
    const answer = await fetch(`/fragments${location.pathname}/sections?section=${number}`);
    const panel = document.getElementById("sections");
    if (!answer.ok || !panel || chosen !== number) return;
    const focused = panel.contains(document.activeElement);
    panel.outerHTML = await answer.text();
    mark(sectionAt(second)?.row);
    if (focused) document.querySelector(`[data-row="${number}"] a`)?.focus();
  };

  const go = (number) => {
    open(number);
    const { start } = parts.find(({ row }) => row === number);
    second = start;
    if (zoom) look();
    seek(start);
    note("pushState");
  };

  // What one does

  listen(document, "click", (event) => {
    const link = event.target.closest("a");
    const own = link && "drawn" in lanes.dataset && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    const part = own && (link.querySelector("[data-section]") ?? link.closest("tr[data-row]"));
    if (part) {
      event.preventDefault();
      go(part.dataset.section ?? part.dataset.row);
    } else if (own && zooms.includes(link)) {
      event.preventDefault();
      zoom = new URLSearchParams(link.search).get("zoom") ?? "";
      look();
      show(second);
      note("pushState");
    }
  });
  listen(lanes, "click", (event) => {
    const stage = event.target.closest(".stage");
    if (!stage || event.target.closest("a")) return;
    const box = stage.getBoundingClientRect();
    chosen = "";
    seek(from + ((event.clientX - box.left) / box.width) * (to - from));
    note("replaceState");
  });
  listen(slider, "input", () => seek(Number(slider.value)));
  listen(slider, "change", () => {
    chosen = "";
    note("replaceState");
  });
  listen(window, "popstate", restore);
  listen(lanes, "drawn", () => mark(document.querySelector("tr.here")?.dataset.row));

  // The music

  const button = bar.querySelector(".play");
  const follow = () => {
    show(audio.currentTime);
    if (!audio.paused && !calm.matches && !signal.aborted) requestAnimationFrame(follow);
  };
  const turned = () => {
    button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    button.classList.toggle("on", !audio.paused);
  };
  listen(audio, "play", () => {
    turned();
    follow();
  });
  listen(audio, "pause", turned);
  listen(audio, "timeupdate", () => audio.paused || show(audio.currentTime));
  listen(audio, "error", () => {
    document.getElementById("unplayable").textContent = "This browser cannot play this kind of file; the lanes stay.";
  });
  listen(button, "click", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
  const local = document.getElementById("local");
  if (local) {
    local.disabled = false;
    listen(local, "change", () => {
      if (!local.files.length) return;
      audio.src = URL.createObjectURL(local.files[0]);
      audio.currentTime = second;
      button.hidden = false;
    });
  }

  slider.disabled = button.disabled = false;
  const asked = new URLSearchParams(location.search);
  zoom = asked.has("to") && to - from < end ? "stretch" : zooms.find((link) => link.hasAttribute("aria-current"))?.search.match(/zoom=(\w+)/)?.[1] ?? "";
  chosen = parts.some(({ row }) => row === asked.get("section")) ? asked.get("section") : "";
  const told = { signal, listen, clock, parts, end, view: () => [from, to, second], look: closer };
  lanes.dispatchEvent(new CustomEvent("lanes", { bubbles: true, detail: told }));
};

const start = () => {
  const lanes = document.querySelector("[data-lanes]:not([data-begun])");
  if (!lanes) return;
  lanes.dataset.begun = "";
  begin(lanes);
};
start();
document.addEventListener("htmx:after:settle", start); // Back may bring the page without loading it
