// Where the page's script begins: it lets every part of the page live.
import { gather, wire } from "./blocks.js";
import { startClock } from "./clock.js";
import { startComposers } from "./composer.js";
import { deed, keepFresh, question } from "./living.js";
import { startMessageTools } from "./message.js";
import { startMessages } from "./messages.js";
import { startModal } from "./modal.js";
import { startSide } from "./side.js";
import { startThread } from "./thread.js";
import { complain, UNREACHED } from "./toast.js";

// Where something stands, as the server wants it named.
function placeOf(container) {
  const { container: kind, channel, ts, view } = container.dataset;
  return kind === "view" ? { view } : { channel, ts };
}

async function act({ container, block, action, values }) {
  try {
    const { error } = await deed("act", { ...placeOf(container), block, action, values, state: gather(container) });
    complain(error, container);
  } catch {
    complain(UNREACHED, container);
  }
}

async function suggest({ container, block, action, typed, values }) {
  const { rows } = await question("suggest", { ...placeOf(container), block, action, typed, values });
  return rows;
}

wire(document.body, act, suggest);
startMessages();
startModal();
startThread();
startComposers();
startMessageTools();
startSide();
startClock();
keepFresh();
