// The public pages, for browsers that run scripts. Without this file nothing is lost: htmx reads the rest in the page.
(() => {
  // What the map says of the region under a pointer or the focus goes at a key, and comes back with the next region.
  const map = document.querySelector(".map");
  for (const arrives of ["pointerover", "focusin"]) map?.addEventListener(arrives, () => map.removeAttribute("data-quiet"));

  // A list of suggestions closes when the reader goes elsewhere, or asks to.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const list = document.querySelector("[data-suggestions]:not(:empty)");
    if (list) list.replaceChildren();
    map?.toggleAttribute("data-quiet", true);
  });

  // A letter is copied at a click where the browser lets a page do it; elsewhere the reader selects the text.
  for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
    const letter = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(letter.value);
        button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
      } catch {
        letter.select(); // the browser refused: one key is left to press
      }
    });
  }
})();
