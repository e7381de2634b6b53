// Data tables sort, page and are searched by themselves, as in Slack. What a person chose outlives a redraw.
const chosen = new Map(); // Where the table stands -> {page, column, down, wanted}.

export function enhanceTables(root) {
  root.querySelectorAll(".data-table:not([data-ready])").forEach((frame, at) => {
    frame.dataset.ready = "yes";
    const key = `${placeOf(frame)}/${frame.dataset.id || at}`;
    if (!chosen.has(key)) chosen.set(key, { page: 0, column: -1, down: false, wanted: "" });
    enhance(frame, chosen.get(key));
  });
}

function placeOf(frame) {
  const { ts, view } = frame.closest("[data-container]")?.dataset ?? {};
  return ts ?? view ?? frame.closest("[id]")?.id;
}

function enhance(frame, state) {
  const rows = [...frame.querySelectorAll("tbody tr")];
  const size = Number(frame.dataset.pageSize) || 5;
  const count = Object.assign(document.createElement("span"), { role: "status" });
  const back = step("Previous", -1);
  const on = step("Next", 1);
  const foot = Object.assign(document.createElement("div"), { className: "pages" });
  frame.after(foot);
  frame.querySelectorAll("thead th").forEach((th, column) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "sort" });
    button.append(...th.childNodes);
    button.onclick = () => {
      state.down = state.column === column ? !state.down : false;
      state.column = column;
      state.page = 0;
      apply();
    };
    th.append(button);
  });
  if (rows.length > size) foot.append(back, count, on, search());
  apply();

  function apply() {
    const wanted = state.wanted.trim().toLowerCase();
    const found = rows.filter((row) => row.textContent.toLowerCase().includes(wanted));
    const order = state.column < 0 ? found : [...found].sort((a, b) => compare(a, b, state));
    const last = Math.max(0, Math.ceil(order.length / size) - 1);
    state.page = Math.min(state.page, last);
    rows.forEach((row) => { row.hidden = true; });
    order.forEach((row, place) => { row.hidden = Math.floor(place / size) !== state.page; });
    frame.querySelector("tbody").append(...order);
    frame.querySelectorAll("thead th").forEach((th, column) => {
      if (column === state.column) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    const from = state.page * size + 1;
    const said = order.length ? `${from}–${Math.min(order.length, from + size - 1)} of ${order.length}` : "Nothing found";
    if (count.textContent !== said) count.textContent = said;
    // They stay focusable at the ends, so that the focus is not lost.
    back.ariaDisabled = state.page === 0;
    on.ariaDisabled = state.page === last;
  }

  function step(label, by) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: label });
    button.onclick = () => {
      if (button.ariaDisabled === "true") return;
      state.page += by;
      apply();
    };
    return button;
  }

  function search() {
    const field = Object.assign(document.createElement("input"), {
      type: "search", className: "field table-search", placeholder: "Search", ariaLabel: `Search ${frame.ariaLabel}`, value: state.wanted,
    });
    field.oninput = () => {
      state.wanted = field.value;
      state.page = 0;
      apply();
    };
    return field;
  }
}

function compare(a, b, { column, down }) {
  const [left, right] = [a.cells[column], b.cells[column]];
  const numbers = left?.dataset.value !== undefined && right?.dataset.value !== undefined;
  const order = numbers ? left.dataset.value - right.dataset.value
    : (left?.textContent ?? "").localeCompare(right?.textContent ?? "", "en", { numeric: true });
  return down ? -order : order;
}
