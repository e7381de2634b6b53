// The question before an element acts.
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
    const answer = event.target.closest("button");
    if (answer || event.target === dialog) dialog.close(answer?.value ?? "deny");
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

function name(dialog, attribute, part, id) {
  part.id = id;
  dialog.setAttribute(attribute, id);
}
