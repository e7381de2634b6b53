// What can be done with a message: reactions, its thread, the app's shortcuts.
import { deed } from "./living.js";
import { openMenu } from "./menu.js";
import { openThread } from "./thread.js";
import { complain, UNREACHED } from "./toast.js";

const picker = document.getElementById("picker");
const menu = document.getElementById("message-menu");

export function startMessageTools() {
  document.addEventListener("click", (event) => {
    const message = event.target.closest(".message");
    const part = event.target.closest("[data-do], [data-emoji]");
    if (!message || !part || event.ctrlKey || event.metaKey) return;
    if (part.dataset.emoji) react(message, part.dataset.emoji);
    else DEEDS[part.dataset.do]?.(message, part);
    if (part.matches("a")) event.preventDefault();
  });
}

const DEEDS = {
  react: (message, opener) => openMenu(picker, opener, (item) => react(message, item.dataset.emoji)),
  thread: (message) => openThread(message.dataset.ts),
  more: (message, opener) => {
    menu.querySelector("[data-do=thread]").hidden = Boolean(message.closest("#thread"));
    openMenu(menu, opener, (item) => DEEDS[item.dataset.do](message, item.dataset.callback ? item : opener));
  },
  "message-shortcut": (message, item) => told("message-shortcut", { callback: item.dataset.callback, ts: message.dataset.ts }),
};

const react = (message, name) => told("react", { ts: message.dataset.ts, name });

async function told(name, fields) {
  try {
    const { error } = await deed(name, fields);
    complain(error);
  } catch {
    complain(UNREACHED);
  }
}
