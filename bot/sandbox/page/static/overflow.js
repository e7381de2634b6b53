// The button with three dots and the menu behind it.
import { hidePopup, isShown, showPopup } from "./popup.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

// `listen(type, handle)` hears the page's events, `chosen(item, event)` is called for the row that was pressed.
export function wireOverflow(listen, chosen) {
  listen("click", (event) => {
    const opener = event.target.closest(".overflow-open");
    const item = event.target.closest(".overflow [role=menuitem]");
    if (opener) toggle(opener);
    if (!item) return;
    const menu = item.closest(".overflow");
    close(menu);
    menu.querySelector(".overflow-open").focus();
    chosen(item, event);
  });
  listen("keydown", (event) => {
    const menu = event.target.closest(".overflow");
    if (!menu) return;
    const items = [...menu.querySelectorAll("[role=menuitem]")];
    const at = items.indexOf(event.target);
    if (at < 0) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      if (!isShown(menu.querySelector(".popup"))) toggle(event.target);
      items.at(event.key === "ArrowUp" ? -1 : 0).focus();
    } else if (event.key in STEPS) items.at((at + STEPS[event.key]) % items.length).focus();
    else if (event.key === "Home") items[0].focus();
    else if (event.key === "End") items.at(-1).focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      close(menu);
      menu.querySelector(".overflow-open").focus();
      if (event.key === "Tab") return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}

function toggle(opener) {
  const panel = opener.parentElement.querySelector(".popup");
  if (isShown(panel)) return hidePopup(panel);
  opener.setAttribute("aria-expanded", "true");
  showPopup(panel, opener, () => opener.setAttribute("aria-expanded", "false"));
  panel.querySelector("[role=menuitem]").focus();
}

const close = (menu) => hidePopup(menu.querySelector(".popup"));
