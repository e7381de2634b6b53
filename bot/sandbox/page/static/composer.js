// The boxes to write in: commands and names are completed, Enter sends, what is not sent yet outlives a change of channel.
import { deed } from "./living.js";
import { toEnd } from "./messages.js";
import { openMenu } from "./menu.js";
import { complain, GONE, UNREACHED } from "./toast.js";

const MOST_OFFERED = 8;
const TALLEST = 160;
const PATIENCE = 400; // Milliseconds before one is told that the app takes its time.
const drafts = storage();
const known = JSON.parse(document.getElementById("known").textContent);

export function startComposers() {
  const form = document.getElementById("say");
  if (!form) return;
  wireComposer(form);
  const opener = document.getElementById("open-shortcuts");
  opener?.addEventListener("click", () => openMenu(document.getElementById("shortcuts"), opener, useShortcut));
  if (matchMedia("(pointer: fine)").matches && !document.body.dataset.thread) form.elements.text.focus();
}

async function useShortcut(item) {
  try {
    const { error } = await deed("shortcut", { callback: item.dataset.callback });
    complain(error);
  } catch {
    complain(UNREACHED);
  }
}

export function wireComposer(form) {
  const box = form.elements.text;
  // In a thread no command can be used.
  const rows = form.elements.thread_ts ? known.filter((row) => !row.is_command) : known;
  const offers = wireOffers(box, form.querySelector(".offers"), rows);
  const draft = draftOf(form);
  if (!box.value) box.value = draft.get();
  const working = form.querySelector(".working");
  const changed = () => {
    draft.set(box.value);
    grow(box);
    working.textContent = usageOf(rows, box.value);
  };
  box.addEventListener("input", changed);
  box.addEventListener("keydown", (event) => {
    if (offers.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    form.requestSubmit();
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, box, () => { offers.close(); changed(); });
  });
  grow(box);
}

async function send(form, box, changed) {
  const text = box.value;
  if (!text.trim()) return;
  const fields = Object.fromEntries(new FormData(form));
  const working = form.querySelector(".working");
  const patience = setTimeout(() => { if (!box.value) working.textContent = "Waiting for an answer…"; }, PATIENCE);
  box.value = "";
  if (form.elements.broadcast) form.elements.broadcast.checked = false;
  changed();
  try {
    const { error } = await deed("say", fields);
    if (error) keep(box, text, changed);
    if (error || !box.value) working.textContent = error ?? "";
  } catch (error) {
    keep(box, text, changed);
    working.textContent = error.status === 404 ? GONE : UNREACHED;
  }
  clearTimeout(patience);
  if (form.id === "say") toEnd();
  if (!document.getElementById("modal").open) box.focus();
}

// Nothing that was typed is lost when it could not be sent.
function keep(box, text, changed) {
  if (!box.value) box.value = text;
  changed();
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, TALLEST)}px`;
}

// A browser that may store nothing says so by an error.
function storage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function draftOf(form) {
  const { as, in: channel, thread_ts: thread } = form.elements;
  const key = ["draft", as.value, channel.value, thread?.value].join("/");
  return {
    get: () => drafts?.getItem(key) ?? "",
    set: (text) => { if (text) drafts?.setItem(key, text); else drafts?.removeItem(key); },
  };
}

// ---- What is offered while one types: commands at the beginning, people and channels anywhere.
function wireOffers(box, list, rows) {
  let chosen = 0;
  let offered = [];
  const word = () => {
    const before = box.value.slice(0, box.selectionStart);
    return /(?:^\/\S*|(?:^|\s)[@#][\w.-]*)$/.exec(before)?.[0].trimStart() ?? "";
  };
  function show() {
    offered = fitting(rows, word().toLowerCase());
    chosen = Math.min(chosen, Math.max(0, offered.length - 1));
    list.replaceChildren(...offered.map((row, at) => drawn(row, `${list.id}-${at}`, at === chosen)));
    list.hidden = offered.length === 0;
    box.setAttribute("aria-expanded", !list.hidden);
    if (list.hidden) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }
  function close() {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }
  function take(at) {
    const end = box.selectionStart;
    box.setRangeText(`${offered[at].typed} `, end - word().length, end, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }
  function key(event) {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      chosen = (chosen + step + offered.length) % offered.length;
      show();
    } else if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && word() !== offered[chosen].typed)) take(chosen);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  box.addEventListener("input", () => { chosen = 0; show(); });
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[role=option]");
    event.preventDefault();
    if (item) take([...list.children].indexOf(item));
  });
  return { key, close };
}

function fitting(rows, typed) {
  if (!typed || rows.some((row) => row.typed.toLowerCase() === typed && !row.hint)) return [];
  const fits = (row) => row.typed.toLowerCase().startsWith(typed)
    || (typed.length > 1 && !row.is_command && row.typed[0] === typed[0] && row.about.toLowerCase().startsWith(typed.slice(1)));
  return rows.filter(fits).slice(0, MOST_OFFERED);
}

// What may follow the command that stands in the box.
function usageOf(rows, text) {
  const row = rows.find((one) => one.is_command && text.startsWith(`${one.typed} `));
  return row?.hint ? `${row.typed} ${row.hint}` : "";
}

function drawn(row, id, isChosen) {
  const item = Object.assign(document.createElement("li"), { id, role: "option", ariaSelected: String(isChosen) });
  for (const name of ["typed", "hint", "about"]) {
    if (row[name]) item.append(Object.assign(document.createElement("span"), { className: name, textContent: row[name] }), " ");
  }
  return item;
}
