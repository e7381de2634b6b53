// The left column: fresh marks of what is unread, the switch between people, and the drawer it is on a phone.
import { redraw, remember } from "./keyed.js";
import { paints } from "./living.js";

const body = document.body;
const side = document.getElementById("side");
const opener = () => document.getElementById("open-side");

export function startSide() {
  remember(side);
  paints("side", (html) => redraw(side, html));
  side.addEventListener("change", (event) => { if (event.target.id === "as") event.target.form.submit(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#open-side")) toggle(!body.classList.contains("side-open"));
    else if (!event.target.closest("#side")) toggle(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !body.classList.contains("side-open")) return;
    toggle(false);
    opener().focus();
  });
}

function toggle(open) {
  if (body.classList.contains("side-open") === open) return;
  body.classList.toggle("side-open", open);
  opener().setAttribute("aria-expanded", open);
  if (open) document.getElementById("as").focus();
}
