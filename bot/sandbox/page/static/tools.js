// The drawer with the tools: filled when it is opened, kept fresh while it is open, silent when it is closed.
import { recall, remember } from "./kept.js";
import { follow, prepare } from "./inspector.js";

const EVERY = 1000;
const drawer = document.getElementById("tools");
const narrow = matchMedia("(max-width: 640px)");
const opener = () => document.getElementById("open-tools");
const reader = () => document.body.dataset.as ?? "";

let drawnFor = null; // For whom the drawer was filled: times are written in their zone.
let seen = "";
let shown = new Map(); // The living parts as they came: name -> HTML.
let timer = 0;

const isOpen = () => !drawer.hidden;

// ---- Opening and closing
async function open({ focus = true } = {}) {
  drawer.hidden = false;
  reflect();
  remember("tools.open", true);
  await fill();
  if (focus) drawer.querySelector('[role="tab"][aria-selected="true"]')?.focus();
}

function close({ focus = true } = {}) {
  drawer.hidden = true;
  reflect();
  clearTimeout(timer);
  remember("tools.open", false);
  if (focus) opener()?.focus();
}

// The line above the messages may be drawn anew at any time, and on a phone the drawer covers everything.
function reflect() {
  document.body.classList.toggle("tools-open", isOpen());
  const button = opener();
  if (button && button.getAttribute("aria-expanded") !== String(isOpen())) button.setAttribute("aria-expanded", isOpen());
  for (const part of document.querySelectorAll("body > main, body > nav, body > #thread")) part.inert = isOpen() && narrow.matches;
}

async function fill() {
  const asked = reader();
  if (drawnFor === asked) return keepFresh();
  try {
    const answer = await fetch(`tools?${new URLSearchParams({ as: asked })}`);
    if (!answer.ok) throw new Error(answer.statusText);
    drawer.innerHTML = await answer.text();
  } catch {
    drawer.textContent = "The sandbox does not answer.";
    drawnFor = null;
    return schedule(fill);
  }
  drawnFor = asked;
  seen = "";
  shown = new Map();
  choose(recall("tools.tab", "inspector"));
  prepare(drawer);
  return keepFresh();
}

// ---- What changes while it is open
function schedule(next) {
  clearTimeout(timer);
  if (isOpen()) timer = setTimeout(next, EVERY);
}

async function keepFresh() {
  if (!document.hidden && drawnFor === reader()) await ask();
  schedule(drawnFor === reader() ? keepFresh : fill);
}

async function ask() {
  try {
    const answer = await fetch(`tools/news?${new URLSearchParams(known())}`);
    if (answer.status === 200) show(await answer.json());
  } catch {
    // The page itself says that the sandbox does not answer.
  }
}

const known = () => ({ as: reader(), after: drawer.querySelector("#exchanges")?.dataset.latest ?? "0", seen });

function show(news) {
  follow(drawer, news);
  seen = news.seen;
  for (const [name, html] of Object.entries(news.parts)) {
    const part = drawer.querySelector(`[data-live="${name}"]`);
    if (!part || shown.get(name) === html || part === document.activeElement) continue;
    shown.set(name, html);
    renew(part, html);
  }
}

// A part that is drawn anew keeps what was chosen in it, what was open in it and what had the focus.
function renew(part, html) {
  const chosen = part.value;
  const open = [...part.querySelectorAll("details")].map((details) => details.open);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((details, at) => { details.open = open[at] ?? false; });
  if (part.tagName === "SELECT" && [...part.options].some((option) => option.value === chosen)) part.value = chosen;
  if (focused?.name) (part.querySelector(`[name="${focused.name}"][value="${focused.value}"]`) ?? lead(part)).focus();
}

// Where the focus goes when the button that had it is no longer there.
const lead = (part) => drawer.querySelector(`#${part.dataset.live}-title`) ?? drawer.querySelector('[aria-selected="true"]');

// ---- Forms
async function send(form, pressed) {
  const fields = new URLSearchParams(new FormData(form));
  if (pressed?.name) fields.set(pressed.name, pressed.value);
  for (const [name, value] of Object.entries(known())) fields.set(name, value);
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/json" },
      body: fields,
    });
    if (!answer.headers.get("content-type")?.startsWith("application/json")) throw new Error(answer.statusText);
    const news = await answer.json();
    show(news);
    say(news.said, !answer.ok);
  } catch {
    say("That did not reach the sandbox.", true);
  }
}

function say(words, failed) {
  const line = drawer.querySelector("#tools-said");
  line.textContent = words;
  line.classList.toggle("failed", failed);
}

// ---- Tabs
function choose(name, focus = false) {
  const tabs = [...drawer.querySelectorAll('[role="tab"]')];
  const chosen = tabs.find((tab) => tab.id === `tab-${name}`) ?? tabs[0];
  for (const tab of tabs) {
    const here = tab === chosen;
    tab.setAttribute("aria-selected", here);
    tab.tabIndex = here ? 0 : -1;
    drawer.querySelector(`#${tab.getAttribute("aria-controls")}`).hidden = !here;
  }
  if (focus) chosen.focus();
  remember("tools.tab", chosen.id.slice("tab-".length));
}

const MOVES = { ArrowRight: (at, count) => (at + 1) % count, ArrowLeft: (at, count) => (at + count - 1) % count,
  Home: () => 0, End: (_, count) => count - 1 };

function moveTab(event) {
  const tabs = [...drawer.querySelectorAll('[role="tab"]')];
  const at = tabs.indexOf(event.target);
  const move = MOVES[event.key];
  if (at < 0 || !move) return;
  choose(tabs[move(at, tabs.length)].id.slice("tab-".length), true);
  event.preventDefault();
}

// ---- Wiring: the drawer's content is replaced, the drawer stays.
drawer.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});
drawer.addEventListener("keydown", moveTab);
drawer.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) choose(tab.id.slice("tab-".length));
  if (event.target.closest("#close-tools")) close();
  if (event.target.closest("#tour-again")) {
    close();
    document.dispatchEvent(new CustomEvent("sandbox:tour"));
  }
});
drawer.addEventListener("change", (event) => {
  if (event.target.name !== "kind") return;
  // A field that means nothing for this choice is neither shown, nor checked, nor sent.
  event.target.form.elements.seconds.disabled = !("timed" in event.target.dataset);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("#open-tools")) return;
  if (isOpen()) close();
  else open();
});
document.addEventListener("keydown", (event) => {
  // What is open elsewhere takes Escape for itself.
  const mine = drawer.contains(event.target) || event.target === document.body || event.target === opener();
  const typed = event.target.matches?.('[type="search"]') && event.target.value;
  if (event.key === "Escape" && isOpen() && mine && !typed && !event.defaultPrevented) close();
});
new MutationObserver(reflect).observe(document.querySelector("main") ?? document.body, { childList: true, subtree: true });
narrow.addEventListener("change", reflect);

if (recall("tools.open", false)) open({ focus: false });
