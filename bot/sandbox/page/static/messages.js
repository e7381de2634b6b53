// The messages of the channel, the tabs and the Home of the app.
import { redraw, remember } from "./keyed.js";
import { paints } from "./living.js";

const NEAR_END = 80;
let followed = -1; // Where the page was put last: who is still there goes on to what is new.
const scroll = document.getElementById("scroll");
const list = document.getElementById("messages");

export function startMessages() {
  for (const name of ["tabs", "home", "messages"]) {
    const part = document.getElementById(name);
    if (!part) continue;
    remember(part);
    paints(name, (html) => keepingTheEnd(() => redraw(part, html)));
  }
  const line = document.getElementById("new-line");
  if (line) line.scrollIntoView({ block: "center" });
  else toEnd();
}

// A message that is longer than the page is read from its beginning.
export function toEnd(first = list?.lastElementChild) {
  if (!scroll) return;
  scroll.scrollTop = scroll.scrollHeight;
  scroll.scrollTop -= Math.max(0, hidden(first));
  followed = scroll.scrollTop;
}

// How much of a message is above what can be seen.
const hidden = (message) => (message ? scroll.getBoundingClientRect().top - message.getBoundingClientRect().top : 0);

// Who looks at the latest message goes on doing so; who reads further up is left there.
export function keepingTheEnd(change) {
  const atEnd = !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight <= NEAR_END;
  const follows = atEnd || scroll.scrollTop === followed;
  const last = list?.lastElementChild;
  const wasWhole = last && hidden(last) <= 0;
  change();
  if (!follows) return;
  const now = last && document.getElementById(last.id);
  const replaced = now !== last && wasWhole ? now ?? list.lastElementChild : null;
  const fresh = replaced ?? now?.nextElementSibling;
  if (fresh) toEnd(fresh);
  else if (atEnd && scroll) scroll.scrollTop = scroll.scrollHeight;
}
