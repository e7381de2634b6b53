// The messages of the channel, the tabs and the Home of the app.
import { redraw, remember } from "./keyed.js";
import { paints } from "./living.js";

const NEAR_END = 80;
const scroll = document.getElementById("scroll");

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

export function toEnd() {
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}

// Who looks at the latest message goes on doing so; who reads further up is left there.
export function keepingTheEnd(change) {
  const stay = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight > NEAR_END;
  change();
  if (!stay) toEnd();
}
