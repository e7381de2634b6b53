// The dialog with the view that the person has open. What is typed outlives a change of the view, and another above it.
import { clearErrors, gather, restore, showErrors } from "./blocks.js";
import { redraw, remember } from "./keyed.js";
import { deed, paints } from "./living.js";
import { complain, UNREACHED } from "./toast.js";

const FIELDS = ":is(input, select, textarea):not([disabled], [type=hidden])";
const modal = document.getElementById("modal");
const typed = new Map(); // View -> what was typed in it when another one was put above.
let back = null; // What had the focus before.

const viewShown = () => modal.querySelector(".modal-view");

export function startModal() {
  remember(modal);
  paints("modal", paint);
  if (viewShown()) appear(viewShown());
  modal.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  modal.addEventListener("click", (event) => { if (event.target.closest("[data-do=close-view]")) close(); });
  modal.addEventListener("input", (event) => forgive(event.target));
  // Escape is one more way to close the view in sight; the app hears of each.
  modal.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  modal.addEventListener("cancel", (event) => { if (event.target === modal) { event.preventDefault(); close(); } });
  modal.addEventListener("close", (event) => { if (event.target === modal && viewShown()) close(); });
}

function paint(html) {
  const before = viewShown();
  if (before) typed.set(before.dataset.view, gather(before));
  redraw(modal, html);
  const view = viewShown();
  if (view === before) return;
  if (!view) {
    typed.clear();
    if (modal.open) modal.close();
    giveFocusBack();
  } else if (view.dataset.view !== before?.dataset.view) appear(view);
}

function appear(view) {
  const known = typed.get(view.dataset.view);
  if (known) restore(view, known);
  if (!modal.open) {
    back = document.activeElement;
    modal.showModal();
  }
  const body = view.querySelector(".modal-body");
  const first = body.querySelector("[autofocus]") ?? body.querySelector(FIELDS) ?? view.querySelector("#submit-view") ?? view.querySelector(".modal-foot .button");
  first.focus();
  body.scrollTop = 0;
}

function giveFocusBack() {
  const named = back?.id && document.getElementById(back.id);
  if (back?.isConnected) back.focus();
  else (named || document.getElementById("text"))?.focus();
  back = null;
}

async function submit() {
  const view = viewShown();
  const button = view.querySelector("#submit-view");
  if (!button || view.ariaBusy === "true") return;
  clearErrors(view);
  complain(null, view);
  busy(view, button, true);
  try {
    const { error, errors } = await deed("submit", { view: view.dataset.view, state: gather(view) });
    busy(view, button, false);
    // The app may have changed the view while it answered.
    const now = viewShown();
    if (now?.dataset.view !== view.dataset.view) return;
    complain(error, now);
    if (Object.keys(errors).length) showErrors(now, errors);
  } catch {
    busy(view, button, false);
    complain(UNREACHED, view);
  }
}

async function close() {
  const view = viewShown();
  if (!view || view.dataset.closing) return;
  view.dataset.closing = "yes";
  try {
    const { error } = await deed("close", { view: view.dataset.view });
    complain(error, viewShown() ?? undefined);
  } catch {
    complain(UNREACHED, view);
  }
  delete view.dataset.closing;
  if (viewShown() && !modal.open) modal.showModal();
}

// It stays focusable, so that the focus is where it was when the app has answered.
function busy(view, button, on) {
  view.ariaBusy = String(on);
  button.ariaDisabled = String(on);
}

// Whoever mends a field need not read on what was wrong with it.
function forgive(field) {
  const block = field.closest("[data-block]");
  if (block?.querySelector(".field-error:not([hidden])")) clearErrors(block);
}
