// Puts drawn parts in anew, and only those that differ: focus, what is typed and what is open in the rest stay.
import { gather, restore } from "./blocks.js";
import { enhanceTables } from "./tables.js";

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
const sources = new WeakMap(); // Element -> the markup it was drawn with.

// Has to be called for what the page came with, before anything else changes it.
export function remember(list) {
  for (const item of list.children) sources.set(item, item.outerHTML);
  enhanceTables(list);
}

export function redraw(list, html) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  const had = new Map([...list.children].map((item) => [keyOf(item), item]));
  const wanted = [...drawn.content.children].map((item) => {
    const old = had.get(keyOf(item));
    if (old && sources.get(old) === item.outerHTML) return old;
    sources.set(item, item.outerHTML);
    if (old) replace(old, item);
    return item;
  });
  const keep = new Set(wanted);
  [...list.children].forEach((item) => { if (!keep.has(item)) item.remove(); });
  let place = list.firstElementChild;
  for (const item of wanted) {
    if (item === place) place = place.nextElementSibling;
    else list.insertBefore(item, place);
  }
  enhanceTables(list);
}

const keyOf = (item) => item.id || item.textContent;

function replace(old, item) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const state = old.matches("[data-container]") ? gather(old) : null;
  if (old.open) item.open = true;
  old.replaceWith(item);
  if (state) restore(item, state);
  if (focused) focusLike(item, focused);
}

// The part that the focus was on; if that is gone, a message's own menu, which is its last part.
function focusLike(item, focused) {
  const parts = [...item.querySelectorAll(FOCUSABLE)].filter((part) => !part.disabled);
  const same = parts.find((part) => signature(part) === signature(focused)) ?? parts.at(-1);
  same?.focus({ preventScroll: true });
  if (same && focused.selectionStart != null && same.value === focused.value) same.setSelectionRange(focused.selectionStart, focused.selectionEnd);
}

// What names a part: the element of a block it belongs to, what it does or where it leads, else what it says.
function signature(part) {
  const element = part.closest("[data-action]");
  const place = element ? [element.closest("[data-block]")?.dataset.block, element.dataset.action] : [];
  const words = element ? part.dataset.value : part.textContent;
  const named = part.dataset.do ?? part.dataset.emoji ?? part.getAttribute("href") ?? (part.matches("input, select, textarea") ? part.name : words);
  return [part.tagName, part.type, named, ...place, part.matches("[type=radio], [type=checkbox]") ? part.value : ""].join("\n");
}
