// The review page, for browsers that run scripts: a reason chosen in the list is written into the box, to be completed.
// Without this file the two are joined by the portal, and nothing else changes.
(() => {
  for (const choice of document.querySelectorAll("select[name$='-ready']")) {
    const box = choice.form.elements[choice.name.replace(/-ready$/, "-words")];
    choice.addEventListener("change", () => {
      const text = choice.selectedOptions[0]?.dataset.text;
      if (!text) return;
      box.value = [box.value.trim(), text].filter(Boolean).join("\n\n");
      choice.value = "";
      box.focus();
    });
  }
})();
