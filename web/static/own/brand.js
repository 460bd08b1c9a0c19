// The range of a feature: two handles and two numbers that say the same, drawn anew while they change.
const LEAST = 0.75; // percent, as the server draws a range that is a single value

const ends = (group, type) => [...group.querySelectorAll(`input[type=${type}]`)];
const value = (input) => (input.value === "" ? Number.NaN : Number(input.value));

const draw = (group) => {
  const svg = group.querySelector("svg[data-low]");
  const [from, to] = ends(group, "number").map(value);
  const [low, high] = [Number(svg.dataset.low), Number(svg.dataset.high)];
  const place = (at, empty) => Math.min(Math.max(Number.isNaN(at) ? empty : ((at - low) / (high - low)) * 100, 0), 100);
  const [left, right] = [place(from, 0), place(to, 100)];
  const width = Math.max(right - left, LEAST);
  const drawn = right >= left && !(Number.isNaN(from) && Number.isNaN(to));
  const box = svg.querySelector("rect");
  box.setAttribute("x", `${Math.min(left, 100 - width)}%`);
  box.setAttribute("width", `${width}%`);
  box.setAttribute("visibility", drawn ? "visible" : "hidden");
};

// A handle stops at the other one; at the end of the scale it says that there is no limit.
const slide = (group, handle) => {
  const handles = ends(group, "range");
  const at = handles.indexOf(handle);
  const other = Number(handles[1 - at].value);
  handle.value = at ? Math.max(Number(handle.value), other) : Math.min(Number(handle.value), other);
  ends(group, "number")[at].value = handle.value === (at ? handle.max : handle.min) ? "" : handle.value;
};

const follow = (group) => {
  const numbers = ends(group, "number");
  for (const [at, handle] of ends(group, "range").entries()) {
    const number = value(numbers[at]);
    handle.value = Number.isNaN(number) ? (at ? handle.max : handle.min) : number;
    handle.setAttribute("aria-valuetext", Number.isNaN(number) ? "no limit" : numbers[at].value);
    if (!at) handle.style.zIndex = handle.value * 2 > Number(handle.min) + Number(handle.max) ? 1 : "";
  }
};

document.addEventListener("input", (event) => {
  const group = event.target.closest(".aim-fields > div");
  if (!group) return;
  if (event.target.type === "range") slide(group, event.target);
  follow(group);
  draw(group);
});

// Also where somebody comes back to what they had typed: the browser keeps the fields, nothing else.
const comeBack = () => {
  for (const group of document.querySelectorAll(".aim-fields > div")) {
    follow(group);
    const typed = ends(group, "number").find((input) => input.value !== input.defaultValue);
    typed?.dispatchEvent(new Event("input", { bubbles: true }));
  }
};
addEventListener("pageshow", () => setTimeout(comeBack)); // htmx begins in a timer set before this one
