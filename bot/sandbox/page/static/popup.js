// What opens beside a control: one at a time, above everything, kept within the window.
let shown = null;

export function showPopup(panel, anchor, closed = () => {}) {
  if (shown?.panel === panel) return place();
  hidePopup();
  shown = { panel, anchor, closed };
  panel.showPopover();
  place();
}

export function hidePopup(panel = shown?.panel) {
  if (!shown || shown.panel !== panel) return;
  const { closed } = shown;
  shown = null;
  if (panel.isConnected && panel.matches(":popover-open")) panel.hidePopover();
  closed();
}

export const isShown = (panel) => shown?.panel === panel;

// Called again whenever the panel's content changes its height.
export function place() {
  if (!shown) return;
  const { panel, anchor } = shown;
  if (!panel.isConnected) return hidePopup();
  const box = anchor.getBoundingClientRect();
  const [below, above] = [window.innerHeight - box.bottom - 12, box.top - 12];
  panel.style.minWidth = `${Math.min(box.width, window.innerWidth - 16)}px`;
  panel.style.maxHeight = "";
  const up = below < Math.min(panel.scrollHeight, 220) && above > below;
  panel.style.maxHeight = `${Math.max(96, Math.min(320, up ? above : below))}px`;
  const { width, height } = panel.getBoundingClientRect();
  panel.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  panel.style.top = `${up ? box.top - height - 4 : box.bottom + 4}px`;
}

addEventListener("resize", place);
addEventListener("scroll", (event) => { if (!shown?.panel.contains(event.target)) place(); }, { capture: true, passive: true });
addEventListener("pointerdown", (event) => {
  if (shown && !shown.panel.contains(event.target) && !shown.anchor.contains(event.target)) hidePopup();
}, true);
