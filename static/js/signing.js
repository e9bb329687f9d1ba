// The signing pages, for browsers that run scripts: they count the signs as the portal counts them, and keep what is
// being typed in the browser's own draft, as « Continuer » does. Without this file nothing else changes.
(() => {
  const count = (field) => {
    const counter = document.getElementById(`${field.id}_count`);
    if (!counter) return;
    const left = field.maxLength - [...field.value].length;
    counter.textContent = counter.dataset[left === 1 || left === 0 ? "one" : "many"].replace("%", left);
  };
  for (const field of document.querySelectorAll("textarea[maxlength]")) {
    count(field);
    field.addEventListener("input", () => count(field));
  }

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  let waiting = 0;
  const keep = () => {
    clearTimeout(waiting);
    waiting = 0;
    const typed = new FormData(form);
    typed.set("garder", "1");
    navigator.sendBeacon(form.action, typed);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 700);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = 0;
  });
  addEventListener("pagehide", () => waiting && keep());
})();
