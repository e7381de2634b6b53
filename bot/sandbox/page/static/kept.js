// What this browser remembers of the page. Where nothing may be stored, nothing is remembered.
export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`sandbox.${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`sandbox.${name}`, JSON.stringify(value));
  } catch {
    // The page works without.
  }
}
