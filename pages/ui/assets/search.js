// The key "/" leads into the search box, that of the open drawer first; while somebody types it stays a slash.
// Loaded as a module, hence run once per tab however often a page is drawn.

const BOXES = [".st-key-answer_text input", ".st-key-search_text input"];
const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable='true']";

function isBox(element) {
  return element instanceof HTMLInputElement && element.matches(BOXES.join());
}

function isAllSelected(box) {
  return box.selectionStart === 0 && box.selectionEnd === box.value.length;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target;
  if (at instanceof Element && at.closest(TYPING)) {
    // Already there, with nothing typed yet: a slash would only spoil the question.
    if (isBox(at) && isAllSelected(at)) event.preventDefault();
    return;
  }
  const box = BOXES.map((name) => document.querySelector(name)).find((one) => one?.checkVisibility());
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// Back from an answer, the question asked last is replaced by the next one that is typed.
document.addEventListener("focusin", (event) => {
  if (isBox(event.target)) event.target.select();
});
