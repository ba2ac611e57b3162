// A slider's figure and numbers follow the key at once: every step was worked out on the server and is shown from here,
// while the server's own answer is on its way. All texts are set as text, never as HTML.

function write(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

function rows(names) {
  return names.map(([name, score]) => {
    const row = document.createElement("li");
    row.className = "given";
    for (const [css, words] of [["company", name], ["score", score]]) {
      const part = document.createElement("span");
      part.className = css;
      part.textContent = words;
      if (words) row.append(part);
    }
    return row;
  });
}

function show(data, step) {
  document.querySelector(data.chart)?.preview?.(step.figure);
  write(document.querySelector(data.answer), step.answer);
  step.numbers.forEach(([numeral, words, detail], place) => {
    const label = document.querySelector(`${data.number}${place} p`);
    write(label?.querySelector("strong"), numeral);
    write(label?.querySelector("em"), words);
    if (label?.lastChild?.nodeType === Node.TEXT_NODE) write(label.lastChild, ` ${detail}`);
  });
  if (step.names.length) document.querySelector(data.names)?.replaceChildren(...rows(step.names));
}

// The slider sets its value without an event of its own: it is read in the frame after a key or a movement of the pointer.
const MOVES = ["keydown", "pointerdown", "pointermove"];

export default function ({ data, parentElement }) {
  let shown = document.querySelector(data.input)?.value;
  const follow = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    requestAnimationFrame(() => {
      const value = document.querySelector(data.input)?.value;
      if (value === undefined || value === shown) return;
      shown = value;
      if (data.steps[value]) show(data, data.steps[value]);
    });
  };
  for (const name of MOVES) document.addEventListener(name, follow, true);
  parentElement.dataset.steps = String(Object.keys(data.steps).length);
  return () => {
    for (const name of MOVES) document.removeEventListener(name, follow, true);
  };
}
