// Menus that open beside a button, and are used with the arrow keys as well.
import { hidePopup, isShown, showPopup } from "./popup.js";

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
const ready = new WeakSet();
let current = null; // {panel, opener, chosen}

// `chosen(item, opener)` is called for the row that was pressed.
export function openMenu(panel, opener, chosen) {
  const again = current?.opener === opener && isShown(panel);
  closeMenu();
  if (again) return;
  if (!ready.has(panel)) prepare(panel);
  current = { panel, opener, chosen };
  opener.setAttribute("aria-expanded", "true");
  opener.closest(".message")?.classList.add("at-work");
  showPopup(panel, opener, () => {
    opener.setAttribute("aria-expanded", "false");
    opener.closest(".message")?.classList.remove("at-work");
  });
  itemsOf(panel)[0].focus();
}

export function closeMenu() {
  if (current) hidePopup(current.panel);
  current = null;
}

const itemsOf = (panel) => [...panel.querySelectorAll("button")].filter((item) => item.checkVisibility());

function prepare(panel) {
  ready.add(panel);
  panel.addEventListener("click", (event) => {
    const item = event.target.closest("button");
    if (!item || !current) return;
    const { opener, chosen } = current;
    closeMenu();
    opener.focus();
    chosen(item, opener);
  });
  panel.addEventListener("keydown", (event) => {
    if (!current) return;
    const items = itemsOf(panel);
    const at = items.indexOf(document.activeElement);
    const columns = panel.matches(".picker") ? 6 : 1;
    const step = STEPS[event.key] * (/Up|Down/.test(event.key) ? columns : 1);
    if (step) items.at((at + step + items.length) % items.length).focus();
    else if (event.key === "Home") items[0].focus();
    else if (event.key === "End") items.at(-1).focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      const { opener } = current;
      closeMenu();
      opener.focus();
      if (event.key === "Tab") return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
