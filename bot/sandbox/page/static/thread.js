// The pane beside the channel with one thread.
import { wireComposer } from "./composer.js";
import { redraw, remember } from "./keyed.js";
import { freshen, paints, whereabouts } from "./living.js";

const body = document.body;
const aside = document.getElementById("thread");
const paneShown = () => aside.querySelector(".pane");
let wantsFocus = false;

export function startThread() {
  paints("thread", paint);
  ready(paneShown());
  aside.addEventListener("click", (event) => {
    if (!event.target.closest("#close-thread")) return;
    event.preventDefault();
    closeThread();
  });
  aside.addEventListener("keydown", (event) => { if (event.key === "Escape") closeThread(); });
  addEventListener("popstate", () => look(new URLSearchParams(location.search).get("thread") ?? ""));
}

export function openThread(ts) {
  wantsFocus = true;
  if (body.dataset.thread === ts) return toBox();
  look(ts);
  history.pushState(null, "", addressHere());
}

function closeThread() {
  const ts = body.dataset.thread;
  if (!ts) return;
  look("");
  history.pushState(null, "", addressHere());
  aside.replaceChildren();
  const row = document.getElementById(`m${ts}-row`);
  (row?.querySelector(".thread-link") ?? row?.querySelector("[data-do=more]") ?? document.getElementById("text"))?.focus();
}

function look(ts) {
  body.dataset.thread = ts;
  freshen();
}

function addressHere() {
  const asked = whereabouts();
  asked.delete("since");
  return `./?${asked}`;
}

function paint(html) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  const [pane, fresh] = [paneShown(), drawn.content.firstElementChild];
  // The box to write in stays as long as it is the same thread.
  if (pane && fresh && pane.id === fresh.id) return keepingTheEnd(() => redraw(replies(pane), replies(fresh).innerHTML), pane);
  aside.replaceChildren(...drawn.content.childNodes);
  ready(paneShown());
  if (fresh && wantsFocus) toBox();
}

function ready(pane) {
  if (!pane) return;
  remember(replies(pane));
  const form = pane.querySelector(".composer");
  if (form) wireComposer(form);
  replies(pane).scrollTop = replies(pane).scrollHeight;
}

function toBox() {
  wantsFocus = false;
  (aside.querySelector("textarea") ?? aside.querySelector("#close-thread"))?.focus();
}

const replies = (pane) => pane.querySelector("#replies");

function keepingTheEnd(change, pane) {
  const list = replies(pane);
  const stay = list.scrollHeight - list.scrollTop - list.clientHeight > 80;
  change();
  if (!stay) list.scrollTop = list.scrollHeight;
}
