// The question before an element acts.
const DOUBLE_CLICK_MS = 600;
let asked = 0;

// Resolves to whether the person agreed; `back` has the focus again afterwards.
export function agreed(template, back) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm-dialog";
  dialog.append(template.content.cloneNode(true));
  asked += 1;
  name(dialog, "aria-labelledby", dialog.querySelector("h2"), `confirm-title-${asked}`);
  name(dialog, "aria-describedby", dialog.querySelector(".confirm-words"), `confirm-words-${asked}`);
  dialog.addEventListener("click", (event) => {
    // The second click of a double click belongs to the first, which opened this.
    if (event.detail > 1) return;
    const answer = event.target.closest("button");
    if (!answer && event.target !== dialog) return;
    if (answer) passOverDoubleClick();
    dialog.close(answer?.value ?? "deny");
  });
  // Escape is for this dialog, not for what is below it.
  dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") event.stopPropagation(); });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (back?.isConnected) back.focus();
      resolve(dialog.returnValue === "confirm");
    }, { once: true });
  });
}

// What lies below the answer must not get the second click of a double click on it.
function passOverDoubleClick() {
  const pass = (event) => {
    if (event.detail < 2) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", pass, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", pass, true), DOUBLE_CLICK_MS);
}

function name(dialog, attribute, part, id) {
  part.id = id;
  dialog.setAttribute(attribute, id);
}
