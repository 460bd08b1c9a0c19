// The lanes drawn anew from the numbers of the API, so that any stretch of them can be looked at.
// The server's drawings stand first, at the same height; on paper they stand again.
const [FLOOR_DB, SLOWEST, FASTEST, SMOOTHED] = [-40, 60, 200, 9];
const [MOST_MARKS, NUMBERED, MOST_TICKS] = [80, 12, 9];
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const [NAMED, EVEN, SPREAD, LEAST_DB] = [4, 128, 2.5, 6];
const [FITS, LINKED] = [7, 3.6]; // percent of the width that a section's key, and its number and link, need
const dark = matchMedia("(prefers-color-scheme: dark)");

// Numbers to be drawn

const unpacked = ({ data, scale, offset }) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const count = bytes.length / 12;
  return scale.map((step, row) => Float32Array.from(bytes.subarray(row * count, (row + 1) * count), (byte) => offset[row] + step * byte));
};

const noteShades = ({ pitches, loudness_max: levels }) => {
  const span = Math.max(LEAST_DB, Math.max(...levels) - FLOOR_DB);
  const shares = levels.map((level) => Math.max(0, Math.min(1, (level - FLOOR_DB) / span)) * 255);
  return unpacked(pitches).reverse().map((row) => row.map((value, n) => value * shares[n])); // C is the lowest
};

const timbreShades = ({ timbre }) =>
  unpacked(timbre).slice(0, NAMED).map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const spread = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length) || 1;
    return row.map((value) => Math.max(0, Math.min(255, EVEN + ((value - mean) / (SPREAD * spread)) * (EVEN - 1))));
  });

const levelCurve = ({ start, duration, loudness_start, loudness_max, loudness_max_time, loudness_end }) => {
  const points = start.flatMap((at, n) => [[at, loudness_start[n]], [at + loudness_max_time[n], loudness_max[n]]]);
  points.push([start.at(-1) + duration.at(-1), loudness_end.at(-1) ?? FLOOR_DB]);
  return [points.map(([at]) => at), points.map(([, level]) => Math.max(FLOOR_DB, level))];
};

const tempoCurve = ({ start, duration }) => {
  const around = Math.floor(SMOOTHED / 2);
  const middle = (n) => {
    const near = duration.slice(Math.max(0, n - around), n + around + 1).sort((a, b) => a - b);
    return 60 / near[Math.floor(near.length / 2)];
  };
  return [start, start.map((_, n) => Math.max(SLOWEST, Math.min(FASTEST, middle(n))))];
};

// Colours of the theme

const palette = (stops) => {
  const colours = stops.match(/\w{6}/g).map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, shade) => {
    const place = (shade * (colours.length - 1)) / 255;
    const [here, there] = [colours[Math.floor(place)], colours[Math.min(Math.floor(place) + 1, colours.length - 1)]];
    const [red, green, blue] = here.map((value, n) => Math.round(value + (there[n] - value) * (place % 1)));
    return (255 << 24) | (blue << 16) | (green << 8) | red; // as the bytes of a pixel stand in memory
  });
};

// One lane each. uPlot remembers how it draws, so what is drawn between leaves no trace.

const aside = (draw) => !draw ? [] : [(plot) => {
  plot.ctx.save();
  draw(plot);
  plot.ctx.restore();
}];

const strokes = (levels, faint, colour) => ({ ctx, bbox, scales: { x } }) => {
  const ratio = devicePixelRatio;
  const at = (second) => bbox.left + ((second - x.min) / (x.max - x.min)) * bbox.width;
  let drawn = 0;
  for (const { name, start } of levels) {
    let inside = start.map((second, n) => [second, n + 1]).filter(([second]) => second >= x.min && second <= x.max);
    const sparse = (most) => [1, 4, 8, 16, 32, 64, 128, 256].find((step) => inside.length / step <= most) ?? 512;
    if (!drawn) {
      const every = sparse(MOST_MARKS);
      inside = inside.filter(([, number]) => (number - 1) % every === 0);
      if (name === "bars") number(ctx, inside.filter((_, n) => n % sparse(NUMBERED) === 0), at, ratio, colour("soft"));
    } else if (inside.length > MOST_MARKS) break;
    ctx.globalAlpha = faint;
    ctx.strokeStyle = colour(["ink", "accent", "edge"][drawn]);
    ctx.lineWidth = [2.5, 2, 1][drawn] * ratio;
    ctx.beginPath();
    for (const [second] of inside) {
      ctx.moveTo(at(second), (2 + 5 * drawn) * ratio);
      ctx.lineTo(at(second), 22 * ratio);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
    drawn += 1;
  }
};

const number = (ctx, bars, at, ratio, colour) => {
  ctx.fillStyle = colour;
  ctx.font = `${13 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  for (const [second, bar] of bars) {
    const x = at(second);
    ctx.textAlign = x < 12 * ratio ? "left" : "center";
    ctx.fillText(bar, x, 37 * ratio);
  }
};

const dashes = (seconds, colour) => ({ ctx, bbox, scales: { x } }) => {
  ctx.strokeStyle = colour("ink");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const second of seconds.split(" ").filter(Boolean).map(Number)) {
    const at = bbox.left + ((second - x.min) / (x.max - x.min)) * bbox.width;
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
  }
  ctx.stroke();
};

const heat = (rows, { start, duration }, colours) => {
  const canvas = document.createElement("canvas");
  canvas.height = rows.length;
  return ({ ctx, bbox, scales: { x } }) => {
    const width = (canvas.width = Math.max(1, Math.round(bbox.width)));
    const image = canvas.getContext("2d").createImageData(width, rows.length);
    const pixels = new Uint32Array(image.data.buffer);
    const paint = colours();
    const step = (x.max - x.min) / width;
    for (let column = 0, n = 0; column < width; column += 1) {
      const second = x.min + (column + 0.5) * step;
      while (n < start.length - 1 && start[n + 1] <= second) n += 1;
      if (second < start[n] || second >= start[n] + duration[n] + step) continue;
      for (let row = 0; row < rows.length; row += 1) pixels[row * width + column] = paint[Math.round(rows[row][n])];
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(canvas, bbox.left, bbox.top, bbox.width, bbox.height);
  };
};

const grid = (colour) => ({ ctx, bbox }) => {
  ctx.fillStyle = colour("sunk");
  ctx.fillRect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.strokeStyle = colour("line");
  ctx.lineWidth = devicePixelRatio;
  for (const share of [0.25, 0.5, 0.75]) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, bbox.top + bbox.height * share);
    ctx.lineTo(bbox.left + bbox.width, bbox.top + bbox.height * share);
    ctx.stroke();
  }
};

// What stays a drawing of text and links

const element = (name, attributes, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const sections = (parts, current) => (svg, at) => {
  svg.replaceChildren(svg.firstElementChild, ...parts.flatMap(({ row, key, title, faint, start, stop }) => {
    const [left, right] = [Math.max(0, at(start)), Math.min(100, at(stop))];
    if (right <= left) return [];
    const inside = [element("title", {}, title), element("rect", { x: `${left}%`, width: `${right - left}%`, height: 44, "fill-opacity": faint })];
    if (right - left >= LINKED) inside.push(element("text", { class: "b", x: `${left}%`, dx: 10, y: 20 }, row));
    if (right - left >= FITS) inside.push(element("text", { x: `${left}%`, dx: 10, y: 36 }, key));
    const group = element("g", { "data-section": row, class: row === current() ? "on" : "" }, ...inside);
    return [right - left < LINKED ? group : element("a", { href: `?section=${row}`, "aria-label": title }, group)];
  }));
};

const written = (svg, at) => {
  for (const group of svg.querySelectorAll("g")) {
    const [left, right] = [group.dataset.start, group.dataset.stop].map((second) => Math.max(0, Math.min(100, at(Number(second)))));
    const [, rect, text] = group.children;
    rect.setAttribute("x", `${left}%`);
    rect.setAttribute("width", `${right - left}%`);
    text.setAttribute("x", `${left}%`);
    text.textContent = right - left >= FITS ? group.dataset.key : "";
  }
};

const axis = (clock) => (svg, at, [from, to]) => {
  const step = TICKS.find((each) => (to - from) / each <= MOST_TICKS) ?? Math.ceil((to - from) / MOST_TICKS);
  const made = [element("line", { class: "axis-line", x1: "0%", x2: "100%", y1: 0, y2: 0 })];
  for (let second = Math.ceil(from / step) * step; at(second) <= 95; second += step) {
    const x = `${at(second)}%`;
    made.push(element("line", { class: "axis-line", x1: x, x2: x, y1: 0, y2: 5 }));
    made.push(element("text", { x, y: 18, "text-anchor": at(second) > 2 ? "middle" : "start" }, clock(second)));
  }
  made.push(element("text", { x: "100%", y: 18, "text-anchor": "end" }, clock(to)));
  svg.replaceChildren(...made);
};

// All of them

const begin = async (lanes, { signal, listen, clock, parts }) => {
  const answer = await fetch(lanes.dataset.lanes, { signal }).catch(() => null);
  if (!answer?.ok || typeof uPlot === "undefined") return; // the drawings of the server stay
  const { bars, beats, tatums, segments } = await answer.json();

  const cached = new Map();
  const colour = (name) => {
    if (!cached.has(name)) {
      lanes.style.setProperty("outline-color", `var(--${name})`);
      cached.set(name, getComputedStyle(lanes).outlineColor);
    }
    return cached.get(name);
  };
  const shades = (name) => () => {
    const theme = document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
    const key = name + theme;
    if (!cached.has(key)) cached.set(key, palette(lanes.dataset[name].match(/(\w{6} ?){8}/g)[theme === "dark" ? 1 : 0]));
    return cached.get(key);
  };

  let view = [Number(lanes.dataset.from), Number(lanes.dataset.to)];
  const end = Number(lanes.dataset.end);
  const none = [[0, end], [null, null]];
  const area = { stroke: () => colour("accent"), fill: () => colour("accent"), width: 0, points: { show: false } };
  const levels = Object.entries({ bars, beats, tatums }).filter(([, each]) => each?.start.length).map(([name, { start }]) => ({ name, start }));
  const kinds = {
    loudness: ({ dataset }) => ({ data: levelCurve(segments), y: [FLOOR_DB, 0], series: { ...area, fillTo: FLOOR_DB }, under: grid(colour), draw: dashes(dataset.fades, colour) }),
    tempo: (stage) => ({ data: tempoCurve(beats), y: [SLOWEST, FASTEST], series: { ...area, fill: undefined, width: 2, alpha: Number(stage.dataset.faint) }, under: grid(colour) }),
    pulse: (stage) => ({ data: none, draw: strokes(levels, Number(stage.dataset.faint), colour) }),
    notes: () => ({ data: none, draw: heat(noteShades(segments), segments, shades("strength")) }),
    timbre: () => ({ data: none, draw: heat(timbreShades(segments), segments, shades("difference")) }),
  };
  const stages = [...lanes.querySelectorAll(".stage[data-lane]")].filter(({ dataset }) => kinds[dataset.lane]);
  const width = stages[0]?.clientWidth ?? 0;

  const plots = stages.map((stage) => {
    const { data, y = [0, 1], series = { show: false }, under, draw } = kinds[stage.dataset.lane](stage);
    const height = stage.clientHeight;
    const stills = [...stage.querySelectorAll(":scope > :not(.playhead)")];
    for (const still of stills) still.classList.add("still");
    const plot = new uPlot(
      {
        class: "drawn",
        width,
        height,
        padding: [0, 0, 0, 0],
        scales: { x: { time: false, range: () => view }, y: { range: y } },
        axes: [{ show: false }, { show: false }],
        legend: { show: false },
        cursor: { sync: { key: "t" }, y: false, points: { show: false }, drag: { x: false, y: false } },
        series: [{}, series],
        hooks: { drawClear: aside(under), draw: aside(draw) },
      },
      data,
      stage,
    );
    const said = [...stills[0].querySelectorAll("title, desc")].map(({ textContent }) => textContent).join(". ");
    plot.root.setAttribute("role", "img");
    plot.root.setAttribute("aria-label", said || stage.querySelector("img").alt);
    return plot;
  });

  const marked = () => document.querySelector("tr[data-row].here")?.dataset.row;
  const texts = [["svg.sec:not([data-written])", sections(parts, marked)], ["[data-written]", written], ["svg.axis", axis(clock)]]
    .map(([selector, draw]) => [lanes.querySelector(selector), draw])
    .filter(([svg]) => svg);
  const look = () => {
    const at = (second) => ((second - view[0]) / (view[1] - view[0])) * 100;
    for (const plot of plots) plot.setScale("x", { min: view[0], max: view[1] });
    for (const [svg, draw] of texts) draw(svg, at, view);
  };
  const again = () => {
    cached.clear();
    for (const plot of plots) plot.redraw(true);
  };

  listen(lanes, "look", ({ detail: { from, to } }) => {
    view = [from, to];
    look();
  });
  listen(dark, "change", again);
  const resized = new ResizeObserver(() => {
    for (const plot of plots) if (plot.width !== plot.root.parentElement.clientWidth) plot.setSize({ width: plot.root.parentElement.clientWidth, height: plot.height });
  });
  if (stages.length) resized.observe(stages[0]);
  signal.addEventListener("abort", () => resized.disconnect());
  lanes.dataset.drawn = "";
  lanes.dispatchEvent(new Event("drawn"));
};

document.addEventListener("lanes", ({ target, detail }) => begin(target, detail));
