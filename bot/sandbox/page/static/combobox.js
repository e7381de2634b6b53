// A field that offers rows while one types: out of its own list, or out of what the app answers.
// Whoever listens hears `change` on `.combobox` when something else is chosen.
import { hidePopup, isShown, place, showPopup } from "./popup.js";

const PAUSE = 200; // Milliseconds without a letter before the app is asked.
const texts = new Map(); // What chosen rows are called, so that they can be restored in a field drawn anew.
const asking = new WeakMap(); // Field -> the number of its latest question.
let ids = 0;

const input = (box) => box.querySelector(".combobox-input");
const panel = (box) => box.querySelector(".popup");
const list = (box) => box.querySelector(".choices");
const rows = (box) => [...list(box).querySelectorAll(".choice")].filter((row) => !row.hidden);
const active = (box) => list(box).querySelector(".choice.active");
const isMany = (box) => box.dataset.many !== undefined;
const isRemote = (box) => box.dataset.remote !== undefined;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export const read = (box) =>
  isMany(box) ? [...box.querySelectorAll(".token")].map((token) => token.dataset.value) : box.dataset.value ? [box.dataset.value] : [];

export function write(box, values) {
  if (isMany(box)) box.querySelector(".tokens").replaceChildren(...values.map((value) => token(value, called(box, value))));
  else {
    const text = values.length ? called(box, values[0]) : "";
    box.dataset.value = values[0] ?? "";
    box.dataset.text = text;
    input(box).value = text;
  }
  mark(box);
}

// `listen(type, handle)` hears the page's events, `ask(box, typed)` promises the app's rows.
export function wireComboboxes(listen, ask) {
  const on = (type, handle, first = false) => listen(type, (event) => {
    const box = event.target.closest?.(".combobox");
    if (box) handle(box, event);
  }, first);
  on("input", (box) => offer(box, ask));
  // Before whatever is around hears of it: Escape closes what is open here, and nothing else.
  on("keydown", (box, event) => key(box, event, ask), true);
  on("focusout", (box, event) => { if (!box.contains(event.relatedTarget)) leave(box); });
  // The focus stays in the field while a row is pressed.
  on("mousedown", (box, event) => { if (event.target.closest(".popup")) event.preventDefault(); });
  on("click", (box, event) => {
    const removed = event.target.closest(".remove");
    const row = event.target.closest(".choice");
    if (removed) {
      removed.closest(".token").remove();
      input(box).focus();
      changed(box);
    } else if (row) choose(box, row);
    else if (!event.target.closest(".popup")) {
      input(box).focus();
      offer(box, ask);
    }
  });
}

function key(box, event, ask) {
  if (event.target !== input(box) || event.isComposing) return;
  const open = isShown(panel(box));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!open) offer(box, ask);
    else move(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && open && active(box)) choose(box, active(box));
  else if (event.key === "Enter" && open) return event.preventDefault();
  else if (event.key === "Escape" && open) {
    hidePopup(panel(box));
    event.stopPropagation();
  } else if (event.key === "Backspace" && isMany(box) && !input(box).value && read(box).length) {
    box.querySelector(".token:last-child").remove();
    changed(box);
  } else return;
  event.preventDefault();
}

function offer(box, ask) {
  const field = input(box);
  // A field that shows what is chosen offers everything until one types something else.
  const typed = box.dataset.value && field.value === box.dataset.text ? "" : field.value.trim();
  open(box);
  if (isRemote(box)) return question(box, typed, ask);
  const wanted = plain(typed);
  list(box).querySelectorAll(".choice").forEach((row) => { row.hidden = !plain(row.textContent).includes(wanted); });
  list(box).querySelectorAll("[role=group]").forEach((group) => { group.hidden = !group.querySelector(".choice:not([hidden])"); });
  settle(box);
}

async function question(box, typed, ask) {
  const number = (asking.get(box) ?? 0) + 1;
  const latest = () => asking.get(box) === number && isShown(panel(box));
  asking.set(box, number);
  const least = Number(box.dataset.least);
  list(box).replaceChildren();
  if (typed.length < least) return settle(box, least === 1 ? "Type to search." : `Type at least ${least} letters.`);
  settle(box, "Searching…");
  await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  if (!latest()) return;
  try {
    const found = await ask(box, typed);
    if (!latest()) return;
    list(box).replaceChildren(...(found ?? []).map(drawn));
    settle(box);
  } catch {
    if (latest()) settle(box, "The app did not answer.");
  }
}

function open(box) {
  const field = input(box);
  list(box).id ||= `choices-${++ids}`;
  field.setAttribute("aria-controls", list(box).id);
  field.setAttribute("aria-expanded", "true");
  showPopup(panel(box), box, () => {
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  });
}

// After the rows have changed: which are chosen, which is next, and what there is to say.
function settle(box, said) {
  mark(box);
  const shown = rows(box);
  step(box, shown.find((row) => row.ariaSelected === "true" && !isMany(box)) ?? shown[0]);
  const most = Number(box.dataset.most);
  const full = most && read(box).length >= most ? `No more than ${most} can be chosen.` : "";
  box.querySelector(".combobox-says").textContent = said ?? (shown.length ? full : "Nothing found.");
  list(box).hidden = shown.length === 0;
  place();
}

function mark(box) {
  const values = new Set(read(box));
  const full = box.dataset.most && values.size >= Number(box.dataset.most);
  list(box).querySelectorAll(".choice").forEach((row) => {
    const on = values.has(row.dataset.value);
    row.setAttribute("aria-selected", on);
    row.ariaDisabled = full && !on ? "true" : null;
  });
}

function move(box, by) {
  const shown = rows(box);
  if (shown.length) step(box, shown.at((shown.indexOf(active(box)) + by + shown.length) % shown.length));
}

function step(box, row) {
  active(box)?.classList.remove("active");
  if (!row) return input(box).removeAttribute("aria-activedescendant");
  row.id ||= `choice-${++ids}`;
  row.classList.add("active");
  row.scrollIntoView({ block: "nearest" });
  input(box).setAttribute("aria-activedescendant", row.id);
}

function choose(box, row) {
  if (row.ariaDisabled === "true") return;
  const value = row.dataset.value;
  texts.set(nameOf(box, value), row.querySelector(".choice-text").textContent);
  if (!isMany(box)) {
    write(box, [value]);
    hidePopup(panel(box));
  } else {
    const had = read(box);
    write(box, had.includes(value) ? had.filter((other) => other !== value) : [...had, value]);
    input(box).value = "";
    if (!isRemote(box)) list(box).querySelectorAll("[hidden]").forEach((other) => { other.hidden = false; });
    settle(box);
    step(box, row);
  }
  changed(box, false);
}

// A person who leaves has chosen nothing by what they typed last.
function leave(box) {
  hidePopup(panel(box));
  const field = input(box);
  if (isMany(box)) field.value = "";
  else if (!field.value && box.dataset.value) {
    write(box, []);
    changed(box);
  } else field.value = box.dataset.text ?? "";
}

function changed(box, settles = true) {
  if (settles && isShown(panel(box))) settle(box);
  else mark(box);
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function drawn(found) {
  if (found.options) {
    const group = document.createElement("div");
    group.role = "group";
    group.ariaLabel = said(found.label);
    const heading = part("choice-heading", said(found.label));
    heading.ariaHidden = "true";
    group.append(heading, ...found.options.map(drawn));
    return group;
  }
  const row = part("choice", "");
  row.role = "option";
  row.dataset.value = found.value;
  row.append(part("choice-text", said(found.text), "span"));
  if (found.description) row.append(part("about", said(found.description), "span"));
  return row;
}

function token(value, text) {
  const item = part("token", "", "li");
  item.dataset.value = value;
  const remove = part("remove", "", "button");
  remove.type = "button";
  remove.ariaLabel = `Remove ${text}`;
  item.append(part("", text, "span"), remove);
  return item;
}

function called(box, value) {
  const row = [...list(box).querySelectorAll(".choice-text")].find((text) => text.parentElement.dataset.value === value);
  const known = [...box.querySelectorAll(".token")].find((item) => item.dataset.value === value);
  const now = value === box.dataset.value ? box.dataset.text : undefined;
  return row?.textContent ?? known?.firstElementChild.textContent ?? now ?? texts.get(nameOf(box, value)) ?? value;
}

const nameOf = (box, value) => [box.closest("[data-block]")?.dataset.block, box.closest("[data-action]")?.dataset.action, value].join("\n");
const said = (text) => (typeof text === "object" ? text?.text : text) ?? "";
function part(name, text, element = "div") {
  return Object.assign(document.createElement(element), { className: name, textContent: text });
}
