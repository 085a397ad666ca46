// Shows the pictures that were just chosen in the previews of a post. Everything else the server does:
// it counts and composes by the rules that sending uses. Without this script the form works the same.
(() => {
  "use strict";
  let chosen = [];

  function show() {
    for (const place of document.querySelectorAll("[data-chosen-picture]")) {
      const pictures = chosen.map((address) => {
        const picture = place.querySelector("img").cloneNode();
        picture.src = address;
        return picture;
      });
      if (pictures.length) place.replaceChildren(...pictures);
      place.hidden = !pictures.length;
    }
  }

  function read(file) {
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.readAsDataURL(file);
    });
  }

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches("input[type=file][data-shows-picture]")) return;
    const files = [...field.files].filter((file) => file.type.startsWith("image/"));
    field.form.elements.picture_chosen.value = files.length || "";
    Promise.all(files.map(read)).then((addresses) => {
      chosen = addresses;
      show();
    });
  });

  document.addEventListener("htmx:afterSwap", show);
})();
