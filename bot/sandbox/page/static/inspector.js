// The list of exchanges: filtered here, filled from the server when one is opened, and never longer than it may be.
import { recall, remember } from "./kept.js";

const MOST = 200;

export function prepare(drawer) {
  const list = drawer.querySelector("#exchanges");
  const chosen = drawer.querySelector(`[name="exchange-filter"][value="${recall("tools.filter", "all")}"]`);
  if (chosen) chosen.checked = true;
  for (const choice of drawer.querySelectorAll('[name="exchange-filter"]')) {
    choice.addEventListener("change", () => {
      remember("tools.filter", choice.value);
      filter(drawer);
    });
  }
  drawer.querySelector("#exchange-search").addEventListener("input", () => filter(drawer));
  // The event does not bubble, but it can be caught on its way down.
  list.addEventListener("toggle", (event) => { if (event.target.open) load(event.target); }, true);
  list.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
  });
  filter(drawer);
}

export function follow(drawer, news) {
  const list = drawer.querySelector("#exchanges");
  const had = Number(list?.dataset.latest);
  if (!list || had >= news.latest) return;
  list.dataset.latest = news.latest;
  const drawn = document.createElement("template");
  drawn.innerHTML = news.entries;
  // Two answers may cross on the way, so that the same rows come twice.
  list.prepend(...[...drawn.content.children].filter((row) => Number(row.dataset.number) > had));
  // What somebody has open stays, however old it is.
  [...list.children].slice(MOST).forEach((row) => { if (!row.firstElementChild.open) row.remove(); });
  filter(drawer);
}

function filter(drawer) {
  const kind = drawer.querySelector('[name="exchange-filter"]:checked')?.value ?? "all";
  const words = drawer.querySelector("#exchange-search").value.trim().toLowerCase();
  const rows = [...drawer.querySelector("#exchanges").children];
  let count = 0;
  for (const row of rows) {
    const fits = kind === "all" || row.dataset.kind === kind || (kind === "failed" && row.classList.contains("exchange-failed"));
    row.hidden = !(fits && row.dataset.title.toLowerCase().includes(words));
    if (!row.hidden) count += 1;
  }
  const said = rows.length === 0 ? "Nothing has gone to the app or come from it yet."
    : count === rows.length ? `${count} exchanges, the latest first`
    : `${count} of ${rows.length} exchanges`;
  const line = drawer.querySelector("#exchange-count");
  if (line.textContent !== said) line.textContent = said;
}

async function load(details) {
  const inside = details.querySelector(".exchange-inside");
  if (inside.childElementCount) return;
  try {
    const answer = await fetch(`tools/exchange?number=${details.parentElement.dataset.number}`);
    if (!answer.ok) throw new Error(answer.statusText);
    inside.innerHTML = await answer.text();
  } catch {
    inside.textContent = "The sandbox does not answer.";
  }
}

async function copy(button) {
  const code = button.closest("section").querySelector("code");
  const label = button.querySelector(".copy-word");
  let done = true;
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    // Without permission, or where the page is not on this machine: the text is at least marked.
    getSelection().selectAllChildren(code);
    done = false;
  }
  label.textContent = done ? "Copied" : "Marked: press Ctrl+C";
  setTimeout(() => { label.textContent = "Copy"; }, 2000);
}
