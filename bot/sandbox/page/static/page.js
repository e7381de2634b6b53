"use strict";
// The living parts of the page: fresh messages, the clock, completion in the composer, sorting and pages of tables.
(() => {
  const body = document.body;
  const $ = (id) => document.getElementById(id);
  const scroll = $("scroll");
  const tables = new Map(); // What a person chose in a table outlives a redraw: block id -> {page, column, down}.

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; };

  // ---- Fresh messages
  let drawing = Promise.resolve();
  function show(part) {
    const stay = !atEnd();
    const focused = document.activeElement;
    body.dataset.seen = part.seen;
    redraw(part.messages);
    // A person in the middle of choosing keeps the list they have open.
    if (!$("side").contains(focused)) $("side").innerHTML = part.side;
    if (!$("top").contains(focused)) $("top").innerHTML = part.top;
    else setClock(new DOMParser().parseFromString(part.top, "text/html").querySelector("#clock"));
    wire();
    if (!stay) toEnd();
  }
  // Only what differs is put in anew, so that focus, open figures and pictures in the rest stay as they are.
  const sources = new WeakMap([...$("messages").children].map((item) => [item, item.outerHTML]));
  const keyOf = (item) => item.id || item.textContent;
  function redraw(html) {
    const drawn = document.createElement("template");
    drawn.innerHTML = html;
    const had = new Map([...$("messages").children].map((item) => [keyOf(item), item]));
    const wanted = [...drawn.content.children].map((item) => {
      const old = had.get(keyOf(item));
      if (old && sources.get(old) === item.outerHTML) return old;
      sources.set(item, item.outerHTML);
      return item;
    });
    const keep = new Set(wanted);
    [...$("messages").children].forEach((item) => { if (!keep.has(item)) item.remove(); });
    let place = $("messages").firstElementChild;
    for (const item of wanted) {
      if (item === place) place = place.nextElementSibling;
      else $("messages").insertBefore(item, place);
      enhanceTables(item);
    }
  }
  function setClock(fresh) {
    if (fresh) $("clock").setAttribute("datetime", fresh.getAttribute("datetime"));
    started = performance.now();
    tick();
  }
  async function refresh() {
    const asked = new URLSearchParams({ as: body.dataset.as, in: body.dataset.in, seen: body.dataset.seen });
    try {
      const answer = await fetch(`fragment?${asked}`, { headers: { Accept: "application/json" } });
      if (answer.status === 200) show(await answer.json());
      body.classList.remove("offline");
    } catch {
      body.classList.add("offline");
    }
  }
  function poll() {
    drawing = drawing.then(() => (document.hidden ? undefined : refresh()));
    drawing.finally(() => setTimeout(poll, 1000));
  }
  async function send(form, fields) {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    if (answer.ok) show(await answer.json());
    return answer.ok;
  }

  // ---- The sandbox's clock goes on between two looks at the server.
  let started = performance.now();
  function tick() {
    const clock = $("clock");
    const moment = new Date(Date.parse(clock.getAttribute("datetime")) + performance.now() - started);
    const zone = { timeZone: clock.dataset.zone };
    const day = new Intl.DateTimeFormat("en-GB", { ...zone, weekday: "short", day: "numeric", month: "short", year: "numeric" });
    const time = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
    const written = `${day.format(moment).replace(/,/g, "")}, ${time.format(moment)}`;
    if (clock.textContent !== written) clock.textContent = written;
  }

  // ---- What is drawn anew must be wired anew.
  function wire() {
    started = performance.now();
    tick();
    $("as").onchange = (event) => event.target.form.submit();
    $("move").onsubmit = async (event) => {
      event.preventDefault();
      const fields = new FormData(event.target);
      const pressed = event.submitter;
      if (!pressed) return;
      fields.append(pressed.name, pressed.value);
      pressed.blur();
      await send(event.target, fields);
      document.querySelector(`#move [value="${pressed.value}"]`)?.focus();
    };
    const opener = $("open-side");
    opener.setAttribute("aria-expanded", body.classList.contains("side-open"));
    opener.onclick = () => {
      const open = body.classList.toggle("side-open");
      opener.setAttribute("aria-expanded", open);
      if (open) $("as").focus();
    };
  }
  function closeSide() {
    if (!body.classList.contains("side-open")) return;
    body.classList.remove("side-open");
    $("open-side").setAttribute("aria-expanded", "false");
    $("open-side").focus();
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeSide(); });
  $("scroll").addEventListener("pointerdown", closeSide);

  // ---- The composer
  const box = $("text");
  const list = $("completions");
  const known = JSON.parse($("known")?.textContent ?? "[]");
  let chosen = 0;
  let offered = [];

  function word() {
    const before = box.value.slice(0, box.selectionStart);
    return /(?:^\/\S*|(?:^|\s)[@#][\w.-]*)$/.exec(before)?.[0].trimStart() ?? "";
  }
  function offer() {
    const typed = word().toLowerCase();
    const whole = typed && known.some((row) => row.typed.toLowerCase() === typed && !row.hint);
    offered = typed && !whole
      ? known.filter((row) => row.typed.toLowerCase().startsWith(typed) ||
          (typed.length > 1 && !row.is_command && row.typed[0] === typed[0] && row.about.toLowerCase().startsWith(typed.slice(1)))).slice(0, 8)
      : [];
    chosen = Math.min(chosen, Math.max(0, offered.length - 1));
    list.replaceChildren(...offered.map((row, at) => {
      const item = document.createElement("li");
      item.id = `completion-${at}`;
      item.role = "option";
      item.setAttribute("aria-selected", at === chosen);
      for (const [name, value] of [["typed", row.typed], ["hint", row.hint], ["about", row.about]]) {
        if (!value) continue;
        const part = document.createElement("span");
        part.className = name;
        part.textContent = value;
        item.append(part, " ");
      }
      item.onpointerdown = (event) => { event.preventDefault(); take(at); };
      return item;
    }));
    list.hidden = offered.length === 0;
    box.setAttribute("aria-expanded", !list.hidden);
    if (list.hidden) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `completion-${chosen}`);
  }
  function take(at) {
    const typed = word();
    const end = box.selectionStart;
    box.setRangeText(`${offered[at].typed} `, end - typed.length, end, "end");
    chosen = 0;
    offer();
    box.focus();
  }
  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  }
  if (box) {
    const form = $("say");
    const working = $("working");
    box.addEventListener("input", () => { chosen = 0; offer(); grow(); });
    box.addEventListener("blur", () => { list.hidden = true; box.setAttribute("aria-expanded", "false"); });
    box.addEventListener("keydown", (event) => {
      const open = !list.hidden;
      if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
        offer();
        event.preventDefault();
      } else if (open && (event.key === "Tab" || (event.key === "Enter" && word() !== offered[chosen].typed))) {
        take(chosen);
        event.preventDefault();
      } else if (open && event.key === "Escape") {
        list.hidden = true;
        box.setAttribute("aria-expanded", "false");
        event.stopPropagation();
      } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        form.requestSubmit();
        event.preventDefault();
      }
    });
    form.onsubmit = async (event) => {
      event.preventDefault();
      const fields = new FormData(form);
      const text = box.value;
      if (!text.trim()) return;
      box.value = "";
      offer();
      grow();
      const patience = setTimeout(() => { working.textContent = "Waiting for an answer…"; }, 400);
      let ok = false;
      try {
        ok = await send(form, fields);
      } catch {
        body.classList.add("offline");
      }
      clearTimeout(patience);
      working.textContent = ok ? "" : "That did not reach the sandbox.";
      if (!ok) box.value = text;
      toEnd();
      box.focus();
    };
  }

  // ---- Data tables sort and page by themselves, as in Slack.
  function enhanceTables(within) {
    within.querySelectorAll(".data-table:not([data-ready])").forEach((frame, at) => {
      frame.dataset.ready = "yes";
      const key = `${frame.closest(".message").id}/${frame.dataset.id || at}`;
      const state = tables.get(key) ?? { page: 0, column: -1, down: false };
      tables.set(key, state);
      const rows = [...frame.querySelectorAll("tbody tr")];
      const size = Number(frame.dataset.pageSize) || 5;
      const foot = document.createElement("div");
      foot.className = "pages";
      frame.after(foot);
      const apply = () => {
        const order = state.column < 0 ? rows : [...rows].sort((a, b) => compare(a, b, state));
        const last = Math.max(0, Math.ceil(order.length / size) - 1);
        state.page = Math.min(state.page, last);
        order.forEach((row, place) => { row.hidden = Math.floor(place / size) !== state.page; });
        frame.querySelector("tbody").append(...order);
        frame.querySelectorAll("thead th").forEach((th, column) => {
          if (column === state.column) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
          else th.removeAttribute("aria-sort");
        });
        if (last > 0) foot.replaceChildren(step("Previous", -1, state.page === 0), count(order.length), step("Next", 1, state.page === last));
      };
      const step = (label, by, off) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: label, disabled: off });
        button.onclick = () => { state.page += by; apply(); };
        return button;
      };
      const count = (all) => {
        const from = state.page * size + 1;
        return Object.assign(document.createElement("span"), { textContent: `${from}–${Math.min(all, from + size - 1)} of ${all}` });
      };
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
      apply();
    });
  }
  function compare(a, b, state) {
    const [left, right] = [a.cells[state.column], b.cells[state.column]];
    const numbers = left?.dataset.value !== undefined && right?.dataset.value !== undefined;
    const order = numbers ? left.dataset.value - right.dataset.value
      : (left?.textContent ?? "").localeCompare(right?.textContent ?? "", "en", { numeric: true });
    return state.down ? -order : order;
  }

  enhanceTables(document);
  wire();
  toEnd();
  setInterval(tick, 1000);
  setTimeout(poll, 1000);
  if (box && matchMedia("(pointer: fine)").matches) box.focus();
})();
