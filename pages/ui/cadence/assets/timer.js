// The timer of the agenda: it ticks here and never asks the server. It can be ignored: no sound, nothing is blocked.
const STORE = "handoff.review.timer";
const MINUTE = 60_000;

function held() {
  try {
    const found = JSON.parse(sessionStorage.getItem(STORE));
    if (Number.isInteger(found?.step) && Number.isFinite(found.spent)) return found;
  } catch {
    // a browser without storage, or something else under this name: the timer begins anew
  }
  return { step: 0, spent: 0, since: null };
}

function keep(state) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(state));
  } catch {
    // the timer then lives as long as the page
  }
}

const spent = (state) => state.spent + (state.since === null ? 0 : Date.now() - state.since);

function said(agenda, state) {
  const { name, minutes } = agenda[state.step];
  const left = minutes * MINUTE - spent(state);
  if (left <= -MINUTE) return `${name}: over by ${Math.floor(-left / MINUTE)} min`;
  if (left <= 0) return `${name}: time is up`;
  return left < MINUTE ? `${name}: under a minute left` : `${name}: ${Math.ceil(left / MINUTE)} min left`;
}

function button(box, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `timer-${name}`;
  made.addEventListener("click", act);
  box.append(made);
  return made;
}

function build(parent) {
  const box = document.createElement("div");
  box.className = "review-timer";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Timer of the agenda");
  box.state = held();
  const words = document.createElement("span");
  words.className = "timer-words";
  words.setAttribute("role", "timer");
  box.append(words);
  const go = (state) => {
    box.state = state;
    keep(state);
    box.paint();
  };
  const toggle = button(box, "toggle", () => {
    const { step, since } = box.state;
    go({ step, spent: spent(box.state), since: since === null ? Date.now() : null });
  });
  const next = button(box, "next", () => {
    const step = (box.state.step + 1) % box.agenda.length;
    go({ step, spent: 0, since: step ? Date.now() : null });
    box.send(step);
  });
  box.paint = () => {
    if (box.state.step >= box.agenda.length) box.state = { step: 0, spent: 0, since: null };
    const isRunning = box.state.since !== null;
    const put = (one, text) => {
      if (one.textContent !== text) one.textContent = text;
    };
    put(words, said(box.agenda, box.state));
    words.classList.toggle("over", spent(box.state) >= box.agenda[box.state.step].minutes * MINUTE);
    put(toggle, isRunning ? "Pause" : "Start");
    put(next, box.state.step + 1 < box.agenda.length ? "Next" : "Start over");
  };
  parent.append(box);
  return box;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(":scope > .review-timer") ?? build(parentElement);
  box.agenda = data.agenda;
  box.send = (step) => setTriggerValue("moved", step);
  box.paint();
  box.clock ??= setInterval(box.paint, 1000);
  return () => {
    clearInterval(box.clock);
    box.remove();
  };
}
