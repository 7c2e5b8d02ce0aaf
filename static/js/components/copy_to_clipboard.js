// A button that copies the text beside it. Without scripts, or without a clipboard, there is none.

const SHOWN_FOR_MS = 2000;

function bind(element) {
  const button = element.querySelector("[data-copy-button]");
  const source = element.querySelector("[data-copy-source]");
  const status = element.querySelector("[data-copy-status]");
  let timer;

  if (!button.hidden) return;

  function show(text) {
    clearTimeout(timer);
    status.textContent = text;
    button.toggleAttribute("data-copied", text === "Copied");
    timer = setTimeout(() => show(""), SHOWN_FOR_MS);
    if (!text) clearTimeout(timer);
  }

  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      show("Copied");
    } catch {
      getSelection().selectAllChildren(source);
      show("Selected; copy it with your keyboard");
    }
  });
  button.hidden = false;
}

function bindWithin(element) {
  element.querySelectorAll("[data-copy-to-clipboard]").forEach(bind);
}

if (navigator.clipboard) {
  bindWithin(document);
  document.addEventListener("htmx:load", (event) => bindWithin(event.detail.elt));
}
