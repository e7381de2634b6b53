// The tour: a card beside the thing it speaks of, by itself on the first visit, and again when somebody asks for it.
import { recall, remember } from "./kept.js";

const GAP = 12;
let dialog = null;
let light = null;

async function start() {
  if (dialog?.open) return;
  const asked = new URLSearchParams({ as: document.body.dataset.as ?? "" });
  let html = "";
  try {
    const answer = await fetch(`tour?${asked}`);
    if (answer.status !== 200) return;
    html = await answer.text();
  } catch {
    return;
  }
  document.body.insertAdjacentHTML("beforeend", html);
  dialog = document.getElementById("tour");
  light = document.createElement("div");
  light.className = "tour-light";
  document.body.append(light);
  dialog.addEventListener("close", end);
  dialog.addEventListener("click", press);
  dialog.addEventListener("keydown", step);
  dialog.showModal();
  show(0);
}

const cards = () => [...dialog.querySelectorAll(".tour-card")];
const current = () => cards().findIndex((card) => !card.hidden);

function show(at) {
  cards().forEach((card, place) => { card.hidden = place !== at; });
  place();
  cards()[at].querySelector("h2").focus({ preventScroll: true });
}

function go(by) {
  const at = current() + by;
  if (at >= cards().length) dialog.close();
  else if (at >= 0) show(at);
}

function press(event) {
  const what = event.target.closest("[data-tour]")?.dataset.tour;
  if (what === "next") go(1);
  if (what === "skip") dialog.close();
}

function step(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by && !(by > 0 && current() === cards().length - 1)) go(by);
}

function end() {
  remember("tour", "seen");
  dialog.remove();
  light.remove();
  dialog = light = null;
  (document.getElementById("text") ?? document.getElementById("open-tools"))?.focus();
}

// ---- Where the card stands
function target() {
  const selector = cards()[current()].dataset.target;
  const found = selector ? [...document.querySelectorAll(selector)] : [];
  return found.find((thing) => thing.checkVisibility({ visibilityProperty: true }) && inSight(thing.getBoundingClientRect()));
}

const inSight = (box) => box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
const between = (low, wanted, high) => Math.max(low, Math.min(wanted, Math.max(low, high)));

function place() {
  if (!dialog?.open) return;
  const thing = target();
  const box = thing?.getBoundingClientRect();
  light.classList.toggle("tour-nowhere", !box);
  if (box) Object.assign(light.style, { left: `${box.left - 4}px`, top: `${box.top - 4}px`, width: `${box.width + 8}px`, height: `${box.height + 8}px` });
  const { width, height } = dialog.getBoundingClientRect();
  const spot = box ? beside(box, width, height) : { left: (innerWidth - width) / 2, top: (innerHeight - height) / 2 };
  dialog.style.left = `${between(GAP, spot.left, innerWidth - width - GAP)}px`;
  dialog.style.top = `${between(GAP, spot.top, innerHeight - height - GAP)}px`;
}

// Below if there is room, else above, else at the right; beside something tall it stands at its right.
function beside(box, width, height) {
  const tall = box.height > innerHeight / 2;
  const right = { left: box.right + 2 * GAP, top: box.top + GAP };
  if (tall && box.right + width + 2 * GAP < innerWidth) return right;
  if (box.bottom + height + 2 * GAP < innerHeight) return { left: box.left, top: box.bottom + GAP };
  if (box.top - height - 2 * GAP > 0) return { left: box.left, top: box.top - height - GAP };
  return box.right + width + 2 * GAP < innerWidth ? right : { left: (innerWidth - width) / 2, top: (innerHeight - height) / 2 };
}

addEventListener("resize", place);
document.addEventListener("sandbox:tour", start);
if (recall("tour", "") !== "seen") start();
