// Short words about what went wrong: in the form it happened in, else at the edge of the page.
export const GONE = "That is not there any more.";
export const UNREACHED = "That did not reach the sandbox. Try again?";
const SHOWN_MILLISECONDS = 6000;
const toast = document.getElementById("toast");
let hiding;

export function complain(words, container) {
  // The form may have been drawn anew since.
  const form = container?.isConnected ? container : container && document.getElementById(container.id);
  const trouble = form?.querySelector(".modal-trouble");
  if (trouble) {
    trouble.textContent = words ?? "";
    trouble.hidden = !words;
    if (words) trouble.scrollIntoView({ block: "nearest" });
  } else if (words) say(words);
}

function say(words) {
  clearTimeout(hiding);
  if (toast.matches(":popover-open")) toast.hidePopover();
  toast.textContent = words;
  toast.showPopover();
  hiding = setTimeout(() => toast.hidePopover(), SHOWN_MILLISECONDS);
}
