// Keeps the page as the server would draw it: waits for changes, and shows what each deed of the person led to.
const body = document.body;
const WAIT_SECONDS = 20;
const painters = {}; // The name of a part -> what shows it.
let [born, version] = body.dataset.seen.split("/");
let waiting = null;

// `paint(html)` is called whenever this part of the page may look different.
export function paints(part, paint) {
  painters[part] = paint;
}

// Who looks at what: every request says it, so that the answer shows the same.
export function whereabouts() {
  const { as, in: channel, tab, thread, since } = body.dataset;
  return new URLSearchParams({ as, in: channel, tab, ...(thread ? { thread } : {}), ...(since === undefined ? {} : { since }) });
}

// Does something and shows what came of it; returns the outcome: `error` in words, `errors` by field.
export async function deed(name, fields) {
  const asked = placeHere();
  const answer = await ask(name, fields);
  show(answer, asked);
  // What is waited for is older than what is shown now.
  waiting?.abort();
  return answer.outcome;
}

// Asks something that changes nothing on the page.
export const question = (name, fields) => ask(name, fields);

// Looks at once, because the person now looks at something else.
export function freshen() {
  body.dataset.seen = "";
  waiting?.abort();
}

export async function keepFresh() {
  document.addEventListener("visibilitychange", () => { if (document.hidden) waiting?.abort(); });
  addEventListener("pagehide", () => waiting?.abort());
  for (;;) {
    await beingSeen();
    await look();
  }
}

async function look() {
  waiting = new AbortController();
  const place = placeHere();
  const asked = whereabouts();
  asked.set("seen", body.dataset.seen);
  asked.set("wait", body.dataset.seen ? WAIT_SECONDS : 0);
  try {
    const answer = await fetch(`fragment?${asked}`, { headers: { Accept: "application/json" }, signal: waiting.signal });
    if (answer.status === 200) show(await answer.json(), place);
    body.classList.remove("offline");
    await pause(answer.ok ? 30 : 1000);
  } catch (error) {
    if (error.name === "AbortError") return;
    body.classList.add("offline");
    await pause(1000);
  }
}

async function ask(name, fields) {
  const answer = await fetch(`${name}?${whereabouts()}`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  });
  if (!answer.ok) throw Object.assign(new Error(`${name}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

// `asked` is where the person was when they asked.
function show(answer, asked) {
  // Answers may overtake each other, and the person may have gone elsewhere meanwhile.
  if (asked !== placeHere() || (answer.born === born && answer.version < version)) return;
  // The sandbox was started anew, or what is looked at is no more.
  if (answer.born !== born || answer.place !== asked) return location.reload();
  version = answer.version;
  body.dataset.seen = answer.seen;
  for (const [part, html] of Object.entries(answer.parts)) painters[part]?.(html);
  if (answer.unread && !document.hidden) deed("read", {}).catch(() => {});
}

const placeHere = () => [body.dataset.as, body.dataset.in, body.dataset.tab, body.dataset.thread].join("/");
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const beingSeen = () => new Promise((resolve) => {
  if (!document.hidden) return resolve();
  document.addEventListener("visibilitychange", resolve, { once: true });
});
