// Shows the picture that was just chosen in the previews of a post. Everything else the server does:
// it counts and composes by the rules that sending uses. Without this script the form works the same.
(() => {
  "use strict";
  let chosen = "";

  function show() {
    if (!chosen) return;
    for (const place of document.querySelectorAll("[data-chosen-picture]")) {
      place.src = chosen;
      place.hidden = false;
    }
  }

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches("input[type=file][data-shows-picture]")) return;
    const [file] = field.files;
    if (!file || !file.type.startsWith("image/")) return;
    field.form.elements.picture_chosen.value = "yes";
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      chosen = reader.result;
      show();
    });
    reader.readAsDataURL(file);
  });

  document.addEventListener("htmx:afterSwap", show);
})();
