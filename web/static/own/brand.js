// The range of a feature is drawn anew while its ends are typed; without a script it is drawn once.
const LEAST = 0.75; // percent, as the server draws a range that is a single value

const end = (input) => (input.value === "" ? Number.NaN : Number(input.value));

const draw = (group) => {
  const svg = group.querySelector("svg[data-low]");
  const [from, to] = [...group.querySelectorAll("input[type=number]")].map(end);
  const [low, high] = [Number(svg.dataset.low), Number(svg.dataset.high)];
  const place = (value, empty) => {
    const at = Number.isNaN(value) ? empty : ((value - low) / (high - low)) * 100;
    return Math.min(Math.max(at, 0), 100);
  };
  const [left, right] = [place(from, 0), place(to, 100)];
  const width = Math.max(right - left, LEAST);
  const drawn = right >= left && !(Number.isNaN(from) && Number.isNaN(to));
  const box = svg.querySelector("rect");
  box.setAttribute("x", `${Math.min(left, 100 - width)}%`);
  box.setAttribute("width", `${width}%`);
  box.setAttribute("visibility", drawn ? "visible" : "hidden");
};

document.addEventListener("input", (event) => {
  const group = event.target.closest(".aim-fields > div");
  if (group) draw(group);
});
