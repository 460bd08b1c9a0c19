// Any stretch of the lanes: drawn over with the mouse, spread with two fingers, or by keys.
// One finger scrolls the page as everywhere.
const [LEAST_S, MOVED_PX, TWICE_MS, NEAR_PX, REST_MS] = [1, 6, 350, 24, 300];

document.addEventListener("lanes", ({ target: lanes, detail: { listen, end, view, look } }) => {
  const frame = lanes.parentElement;
  const box = () => lanes.querySelector("[data-lane=axis]").getBoundingClientRect();
  let [frame_asked, rest] = [0, 0];

  const to = (from, long, done) => {
    const length = Math.min(end, Math.max(Math.min(LEAST_S, end), long));
    const start = Math.max(0, Math.min(end - length, from));
    cancelAnimationFrame(frame_asked);
    clearTimeout(rest);
    if (done) look(start, start + length, true);
    else frame_asked = requestAnimationFrame(() => look(start, start + length, false));
  };
  const whole = () => to(0, end, true);
  const around = (second, factor, done) => {
    const [from, until] = view();
    to(second - (second - from) * factor, (until - from) * factor, done);
  };
  const secondAt = (x) => {
    const [from, until] = view();
    const { left, width } = box();
    return from + ((x - left) / width) * (until - from);
  };
  const settle = () => {
    clearTimeout(rest);
    rest = setTimeout(() => look(...view().slice(0, 2), true), REST_MS);
  };

  // The mouse: over the lanes it marks a stretch, over their time it moves on

  let [drag, dragged] = [undefined, false];
  const mark = (x) => {
    const { left, width } = box();
    const [low, high] = [drag.x, x].sort((a, b) => a - b).map((each) => Math.max(0, Math.min(100, ((each - left) / width) * 100)));
    for (const rect of drag.marks) {
      rect.setAttribute("x", `${low}%`);
      rect.setAttribute("width", `${high - low}%`);
    }
  };
  const drop = () => {
    for (const rect of drag?.marks ?? []) rect.remove();
    drag = undefined;
  };
  const marked = (head) => {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ class: "want", height: "100%", "fill-opacity": 0.5 })) rect.setAttribute(name, value);
    head.prepend(rect);
    return rect;
  };
  listen(lanes, "pointerdown", (event) => {
    const stage = event.target.closest(".stage");
    dragged = false;
    if (!stage || event.button || event.pointerType === "touch" || event.target.closest("a")) return;
    drag = { x: event.clientX, from: view(), moves: stage.dataset.lane === "axis", marks: [] };
  });
  listen(document, "pointermove", (event) => {
    if (!drag || (!dragged && Math.abs(event.clientX - drag.x) < MOVED_PX)) return;
    dragged = true;
    const [from, until] = drag.from;
    if (drag.moves) to(from - ((event.clientX - drag.x) / box().width) * (until - from), until - from, false);
    else {
      if (!drag.marks.length) drag.marks = [...lanes.querySelectorAll(".playhead")].map(marked);
      mark(event.clientX);
    }
  });
  listen(document, "pointerup", (event) => {
    if (drag && dragged) {
      if (drag.moves) settle();
      else {
        const [low, high] = [drag.x, event.clientX].map(secondAt).sort((a, b) => a - b);
        const start = Math.max(0, low);
        to(start, Math.min(end, high) - start, true);
      }
    }
    drop();
  });
  listen(document, "pointercancel", drop);
  listen(lanes, "click", (event) => dragged && event.stopImmediatePropagation(), { capture: true });

  let last = { at: -TWICE_MS, x: 0 };
  listen(lanes, "click", (event) => {
    if (!event.target.closest(".stage") || event.target.closest("a")) return;
    const twice = event.timeStamp - last.at < TWICE_MS && Math.abs(event.clientX - last.x) < NEAR_PX;
    last = { at: twice ? -TWICE_MS : event.timeStamp, x: event.clientX };
    if (twice) whole();
  });
  const wheel = (event) => {
    const [from, until] = view();
    const aside = event.deltaX || (event.shiftKey && event.deltaY);
    if (event.ctrlKey) around(secondAt(event.clientX), Math.exp(event.deltaY / 200), false);
    else if (aside && until - from < end) to(from + (aside / box().width) * (until - from), until - from, false);
    else return;
    event.preventDefault();
    settle();
  };

  // Two fingers: what they hold stays below them

  let held;
  const fingers = ({ touches }) => [...touches].map(({ clientX }) => clientX).sort((a, b) => a - b);
  const take = (event) => {
    held = event.touches.length === 2 ? fingers(event).map(secondAt) : undefined;
    if (held) event.preventDefault();
  };
  const spread = (event) => {
    if (!held || event.touches.length !== 2) return;
    event.preventDefault();
    const [one, two] = fingers(event);
    const { left, width } = box();
    const long = ((held[1] - held[0]) / Math.max(1, two - one)) * width;
    const kept = Math.min(end, Math.max(LEAST_S, long));
    to((held[0] + held[1]) / 2 - (((one + two) / 2 - left) / width) * kept, kept, false);
  };
  for (const [name, action] of Object.entries({ wheel, touchstart: take, touchmove: spread })) listen(lanes, name, action, { passive: false });
  for (const name of ["touchend", "touchcancel"]) {
    listen(lanes, name, () => {
      if (held) settle();
      held = undefined;
    });
  }
  for (const { style } of lanes.querySelectorAll(".stage")) [style.touchAction, style.userSelect] = ["pan-x pan-y", "none"];

  // Keys

  const keyed = (event) => {
    const [from, until, second] = view();
    const middle = second >= from && second <= until ? second : (from + until) / 2;
    const aside = { ArrowLeft: -0.25, ArrowRight: 0.25 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") around(middle, 0.5, true);
    else if (event.key === "-") around(middle, 2, true);
    else if (event.key === "0") whole();
    else if (aside && event.currentTarget === frame && until - from < end) to(from + aside * (until - from), until - from, true);
    else return;
    event.preventDefault();
  };
  listen(frame, "keydown", keyed);
  listen(document.getElementById("time"), "keydown", keyed);
});
