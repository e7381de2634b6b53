// The sandbox's clock: it goes on between two looks at the server, and is moved by its buttons.
import { redraw, remember } from "./keyed.js";
import { deed, paints } from "./living.js";
import { complain, UNREACHED } from "./toast.js";

const top = document.getElementById("top");
let drawnAt = performance.now();

export function startClock() {
  remember(top);
  paints("top", (html) => {
    redraw(top, html);
    drawnAt = performance.now();
    tick();
  });
  top.addEventListener("submit", (event) => {
    if (event.target.id !== "move" || !event.submitter) return;
    event.preventDefault();
    move(event.submitter.value);
  });
  tick();
  setInterval(tick, 1000);
}

async function move(step) {
  try {
    const { error } = await deed("clock", { move: step });
    complain(error);
  } catch {
    complain(UNREACHED);
  }
}

function tick() {
  const clock = document.getElementById("clock");
  const moment = new Date(Date.parse(clock.dateTime) + performance.now() - drawnAt);
  const zone = { timeZone: clock.dataset.zone };
  const day = new Intl.DateTimeFormat("en-GB", { ...zone, weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const time = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
  const written = `${day.format(moment).replace(/,/g, "")}, ${time.format(moment)}`;
  if (clock.textContent !== written) clock.textContent = written;
}
