// The key "/" leads into the search box, that of the open drawer first; while somebody types it stays a slash.
// Loaded as a module, hence run once per tab however often a page is drawn.

const BOXES = [".st-key-answer_text input", ".st-key-search_text input"];
const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable='true']";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest(TYPING)) return;
  const box = BOXES.map((name) => document.querySelector(name)).find((one) => one?.checkVisibility());
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
