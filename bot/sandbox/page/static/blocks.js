// What people do with blocks. `gather` reads what is chosen and typed, `restore` puts it back into what was drawn anew,
// `wire` lets elements act, `showErrors` says beside inputs what is wrong with them.
import * as combobox from "./combobox.js";
import { agreed } from "./confirm.js";
import { wireOverflow } from "./overflow.js";
import "./carousel.js";

const PICKED = "select.field, input[type=date].field, input[type=time].field, input[type=datetime-local].field";
const TYPED = ":is(input, textarea)[data-acts-on]";
// How an element's values are read and written, by the part that holds them. What has none of these has no state.
const HOLDERS = [
  [".combobox", combobox.read, combobox.write],
  [".options", readOptions, writeOptions],
  [".field:not([type=file])", (field) => (field.value ? [field.value] : []), (field, values) => { field.value = values[0] ?? ""; }],
];
const kinds = new WeakMap(); // Gathered values -> the type of the element they are from.
const settled = new WeakMap(); // Element -> the values that the app knows of.
const running = new WeakMap(); // Element -> how many of its requests are under way.
const wired = new WeakSet(); // Parts of the page that act.

export function gather(container) {
  const state = {};
  for (const element of elementsIn(container)) {
    const values = valuesOf(element);
    if (!values) continue;
    kinds.set(values, element.dataset.kind);
    (state[blockOf(element)] ??= {})[element.dataset.action] = values;
  }
  return state;
}

export function restore(container, state) {
  for (const element of elementsIn(container)) {
    const values = state[blockOf(element)]?.[element.dataset.action];
    if (!values || (kinds.get(values) ?? element.dataset.kind) !== element.dataset.kind) continue;
    put(element, values);
    settled.set(element, values);
  }
}

// `act({container, block, action, values})` and `suggest({container, block, action, typed})` promise to ask the app.
export function wire(root, act, suggest) {
  if (wired.has(root)) return;
  wired.add(root);
  // Where one wired part lies in another, the inner one takes care of what happens in it.
  const on = (type, handle, capture = false) => root.addEventListener(type, (event) => {
    let part = event.target;
    while (part && !wired.has(part)) part = part.parentNode;
    if (part === root) handle(event);
  }, capture);
  combobox.wireComboboxes(on, (box, typed) => suggest({ ...spotOf(elementOf(box)), typed, values: combobox.read(box) }));
  wireOverflow(on, (item, event) => press(item, event, act));
  on("click", (event) => {
    const button = event.target.closest(".element > .button, .element .icon-button");
    if (button && !button.disabled) press(button, event, act);
  });
  on("change", (event) => {
    const control = event.target;
    if (!control.matches(`.combobox-input, ${TYPED}`) && !byKey.has(control)) commit(control, act);
  });
  on("input", (event) => {
    if (event.target.matches(TYPED) && actsOn(event.target, "character")) sendTyped(event.target, act);
  });
  on("keydown", (event) => pressedKey(event, act));
  on("focusin", (event) => remember(event.target), true);
  on("pointerdown", (event) => remember(event.target), true);
  for (const type of ["focusout", "pointerdown"]) on(type, (event) => { if (byKey.delete(event.target)) commit(event.target, act); });
}

export function showErrors(container, errors) {
  clearErrors(container);
  let first = null;
  for (const slot of container.querySelectorAll(".field-error")) {
    const block = slot.closest("[data-block]");
    const text = errors[block?.dataset.block];
    if (!text) continue;
    slot.textContent = text;
    slot.hidden = false;
    for (const control of controlsOf(block)) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", [...describers(control, slot), slot.id].join(" "));
    }
    first ??= block.querySelector(".element :is(input, select, textarea):not([disabled])");
  }
  first?.focus();
}

export function clearErrors(container) {
  for (const slot of container.querySelectorAll(".field-error:not([hidden])")) {
    slot.hidden = true;
    slot.textContent = "";
    for (const control of controlsOf(slot.closest(".block"))) {
      control.removeAttribute("aria-invalid");
      const rest = describers(control, slot).join(" ");
      if (rest) control.setAttribute("aria-describedby", rest);
      else control.removeAttribute("aria-describedby");
    }
  }
}

// ---- Elements and their values
const elementsIn = (container) => container.querySelectorAll(".element[data-action]");
const elementOf = (part) => part.closest?.(".element[data-action]");
const blockOf = (element) => element.closest("[data-block]")?.dataset.block;
const spotOf = (element) => ({ container: element.closest("[data-container]"), block: blockOf(element), action: element.dataset.action });
const same = (some, others) => some?.length === others?.length && some.every((value, at) => value === others[at]);

function holderOf(element) {
  for (const [selector, read, write] of HOLDERS) {
    const part = element.querySelector(selector);
    if (part) return { read: () => read(part), write: (values) => write(part, values) };
  }
  return null;
}
const valuesOf = (element) => holderOf(element)?.read();
const put = (element, values) => holderOf(element)?.write(values);

function readOptions(group) {
  return [...group.querySelectorAll("input:checked")].map((option) => option.value);
}
function writeOptions(group, values) {
  for (const option of group.querySelectorAll("input")) option.checked = values.includes(option.value);
}

// ---- Acting
// Elements of an input block only act if the block says so.
const acts = (element) => {
  const input = element?.closest(".block-input");
  return element && (!input || input.dataset.dispatch !== undefined);
};
const actsOn = (field, what) => acts(elementOf(field)) && field.dataset.actsOn.split(" ").includes(what);

// Before something is changed: what the app knows of.
function remember(part) {
  const element = elementOf(part);
  if (element && !settled.has(element)) settled.set(element, valuesOf(element));
}

// What it was drawn with, should it be changed without having had the focus.
function drawnWith(element) {
  const parts = [...element.querySelectorAll("option, .options input, input.field")];
  return parts.filter((part) => part.defaultSelected || part.defaultChecked || part.matches(".field[value]"))
    .map((part) => (part.matches(".field") ? part.defaultValue : part.value));
}

const questionOf = (element) => element.querySelector(":scope > template.confirm");

// Every press is sent, also a second one right after the first: apps must bear that, as they must in Slack.
async function press(button, event, act) {
  const element = elementOf(button);
  if (!element) return;
  const question = questionOf(element);
  if (question) {
    event.preventDefault();
    if (!(await agreed(question, button.closest(".overflow")?.querySelector(".overflow-open") ?? button))) return;
    if (button.href) window.open(button.href, "_blank", "noopener,noreferrer");
  }
  for (const other of element.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", other === button);
  await send(element, button.dataset.value === undefined ? [] : [button.dataset.value], act);
}

// Something else was chosen; without the person's consent it goes back to what it was.
async function commit(control, act) {
  const element = elementOf(control);
  if (!acts(element)) return;
  const [before, values] = [settled.get(element) ?? drawnWith(element), valuesOf(element)];
  if (same(before, values)) return;
  settled.set(element, before);
  const question = questionOf(element);
  if (question && !(await agreed(question, focusable(control)))) return put(element, before);
  settled.set(element, values);
  await send(element, values, act);
}

async function sendTyped(field, act) {
  const element = elementOf(field);
  await send(element, valuesOf(element), act);
}

async function send(element, values, act) {
  running.set(element, (running.get(element) ?? 0) + 1);
  element.setAttribute("aria-busy", "true");
  try {
    await act({ ...spotOf(element), values });
  } finally {
    running.set(element, running.get(element) - 1);
    if (!running.get(element)) element.removeAttribute("aria-busy");
  }
}

const focusable = (control) => (control.matches(".combobox") ? control.querySelector(".combobox-input") : control);

// ---- The keyboard
// A menu or a date that is being changed key by key is sent when it is left or Enter is pressed, not at every step.
const byKey = new WeakSet();
const STEPPING = /^(?:Arrow\w+|Page\w+|Home|End|Backspace|Delete|[^ ])$/;

function pressedKey(event, act) {
  const control = event.target;
  if (event.isComposing) return;
  if (control.matches(PICKED)) {
    if (event.key === "Enter") {
      if (byKey.delete(control)) commit(control, act);
    } else if (STEPPING.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey) byKey.add(control);
  } else if (event.key === "Enter" && control.matches(TYPED) && actsOn(control, "enter")) {
    if (control.matches("textarea") && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    sendTyped(control, act);
  }
}

// ---- Errors
const controlsOf = (block) => {
  const group = block.querySelector("[role=radiogroup]");
  return group ? [group] : block.querySelectorAll(".element :is(input, select, textarea):not([disabled])");
};
const describers = (control, slot) => (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== slot.id);
