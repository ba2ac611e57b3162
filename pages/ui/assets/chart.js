// One chart: Plotly.react into a box that follows its parent, so zoom survives every change of the numbers.
// All text in a figure was escaped on the server; this file never makes HTML of data.

const DESIGN_HEIGHT = 760;
const LARGEST = 1.45;

let library;

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.async = true;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("Plotly could not be loaded"));
    document.head.append(script);
  });
  return library;
}

let background = "";
let isBackgroundDark = false;

function isDark(element) {
  const colour = getComputedStyle(element).getPropertyValue("--st-background-color");
  if (colour === background) return isBackgroundDark;
  const probe = document.createElement("span");
  probe.style.color = colour;
  element.append(probe);
  const [red, green, blue] = (getComputedStyle(probe).color.match(/\d+/g) ?? [255, 255, 255]).map(Number);
  probe.remove();
  background = colour;
  isBackgroundDark = 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  return isBackgroundDark;
}

function repainted(value, colours) {
  if (typeof value === "string") return colours[value] ?? value;
  if (Array.isArray(value)) return value.map((item) => repainted(item, colours));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, repainted(item, colours)]));
  }
  return value;
}

// Type and marks grow with the screen, so that a figure is as readable on a wall as on a laptop.
function screenScale() {
  return Math.min(LARGEST, Math.max(1, window.innerHeight / DESIGN_HEIGHT));
}

function scaledNotes(layout, factor) {
  for (const note of layout.annotations ?? []) {
    note.xshift = (note.xshift ?? 0) * factor;
    note.yshift = (note.yshift ?? 0) * factor;
  }
  for (const shape of layout.shapes ?? []) {
    if (shape.xsizemode === "pixel") for (const end of ["x0", "x1", "y0", "y1"]) shape[end] *= factor;
  }
}

function scaled({ data, layout }, factor) {
  layout.font.size *= factor;
  layout.hoverlabel.font.size *= factor;
  for (const side of ["l", "r", "t", "b"]) layout.margin[side] *= factor;
  scaledNotes(layout, factor);
  for (const trace of data) {
    if (typeof trace.marker?.size === "number") trace.marker.size *= factor;
    if (typeof trace.line?.width === "number") trace.line.width *= factor;
    if (trace.error_y) trace.error_y.thickness *= factor;
    if (trace.textfont?.size) trace.textfont.size *= factor;
  }
}

// One drawing at a time: Plotly loses its way when a second one begins inside the first. A failed one does not stop the rest.
function inTurn(box, work) {
  box.turn = (box.turn ?? Promise.resolve()).catch(() => {}).then(() => (box.isConnected ? work() : undefined));
  return box.turn;
}

// Replaces parts of the drawing for the moment: its shapes and notes, and where the one trace of that name stands.
async function move(Plotly, box, { name, data, layout }) {
  const parts = repainted(structuredClone(layout), isDark(box) ? box.view.dark : {});
  scaledNotes(parts, box.factor);
  const place = box.data.findIndex((trace) => trace.name === name);
  if (place < 0 || !data.length) return Plotly.relayout(box, parts);
  const { x, y, customdata, hovertext } = data[0];
  return Plotly.update(box, { x: [x], y: [y], customdata: [customdata], hovertext: [hovertext] }, parts, [place]);
}

async function draw(Plotly, box) {
  const data = box.view;
  const factor = data.scale * screenScale();
  const figure = repainted(JSON.parse(data.figure), isDark(box) ? data.dark : {});
  scaled(figure, factor);
  figure.layout.autosize = true;
  box.factor = factor;
  await Plotly.react(box, figure.data, figure.layout, data.config);
  // A resize draws everything once more: only where the box has another size than the drawing.
  const drawn = box._fullLayout;
  if (drawn.width !== box.clientWidth || drawn.height !== box.clientHeight) Plotly.Plots.resize(box);
  box.dataset.drawn = "true";
}

function follow(Plotly, box) {
  box.on("plotly_click", (event) => {
    const point = event.points.find((candidate) => typeof candidate.customdata === "string");
    if (point) box.send(point.customdata);
  });
  box.watcher = new ResizeObserver(() => {
    if (!box.isConnected || !box.clientWidth || !box.clientHeight) return;
    if (Math.abs(box.factor - box.view.scale * screenScale()) > 0.02) inTurn(box, () => draw(Plotly, box));
    else inTurn(box, () => Plotly.Plots.resize(box));
  });
  box.watcher.observe(box);
}

export default function ({ data, parentElement, setTriggerValue }) {
  let box = parentElement.querySelector(":scope > .handoff-chart");
  if (!box) {
    box = document.createElement("div");
    box.className = "handoff-chart";
    parentElement.append(box);
  }
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", data.alt);
  box.view = data;
  box.send = (key) => setTriggerValue("clicked", key);

  loadPlotly(data.library)
    .then(async (Plotly) => {
      if (!box.isConnected) return;
      await inTurn(box, () => draw(Plotly, box));
      box.preview = (parts) => inTurn(box, () => move(Plotly, box, parts));
      if (!box.watcher) follow(Plotly, box);
    })
    .catch((error) => {
      box.textContent = "The figure could not be drawn; the numbers and the table stand.";
      console.error(error);
    });

  return () => {
    box.watcher?.disconnect();
    window.Plotly?.purge(box);
    box.remove();
  };
}
