// The public pages, for browsers that run scripts. Without this file nothing is lost: htmx reads the rest in the page.
(() => {
  // A list of suggestions closes when the reader goes elsewhere, or asks to.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const list = document.querySelector("[data-suggestions]:not(:empty)");
    if (list) list.replaceChildren();
  });
})();
