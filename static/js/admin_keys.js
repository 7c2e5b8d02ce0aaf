// Single keys for staff. [data-key] is pressed, or chosen where it is an option, by its key;
// j and k step through [data-row]; p steps through [data-key-scope], whose keys go first there.
// WCAG 2.1.4: they can be turned off, and are silent where somebody types.

const STORED = "mog-keys-off";
const legend = document.querySelector("[data-keys]");
const ROWS = "[data-row], #result_list tbody th a";

function isOff() {
  return localStorage.getItem(STORED) === "yes";
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])");
}

function step(elements, from, by) {
  const at = elements.findIndex((element) => element.contains(from));
  const next = at < 0 ? (by > 0 ? 0 : elements.length - 1) : at + by;
  return elements[Math.min(Math.max(next, 0), elements.length - 1)];
}

function stepRows(by) {
  const row = step([...document.querySelectorAll(ROWS)], document.activeElement, by);
  row?.focus();
  row?.scrollIntoView({ block: "center" });
}

function stepScopes() {
  const scopes = [...document.querySelectorAll("[data-key-scope]")];
  const at = scopes.findIndex((scope) => scope.contains(document.activeElement));
  scopes[(at + 1) % scopes.length]?.querySelector("input[type=radio]")?.focus();
}

function holder(key) {
  const marked = `[data-key="${CSS.escape(key)}"]`;
  const scope = document.activeElement.closest("[data-key-scope]");
  const all = [...document.querySelectorAll(marked)];
  return scope?.querySelector(marked) ?? all.find((one) => !one.closest("[data-key-scope]"));
}

function press(element) {
  if (element.type !== "radio") {
    element.click();
    return;
  }
  element.checked = true;
  element.form.querySelector("textarea").focus();
}

function leave(event) {
  if (event.key === "Escape") document.activeElement.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    document.activeElement.form?.requestSubmit();
  }
}

function answer(event) {
  if (isOff() || event.defaultPrevented) return;
  if (isTyping(document.activeElement)) {
    leave(event);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const acts = { j: () => stepRows(1), k: () => stepRows(-1), p: stepScopes };
  const marked = holder(event.key);
  const act = acts[event.key] ?? (marked && (() => press(marked)));
  if (!act) return;
  event.preventDefault();
  act();
}

function show() {
  const toggle = legend.querySelector("[data-keys-toggle]");
  toggle.textContent = isOff() ? "Turn keys on" : "Turn keys off";
  legend.toggleAttribute("data-off", isOff());
}

if (legend) {
  legend.hidden = false;
  legend.querySelector("[data-keys-toggle]").addEventListener("click", () => {
    localStorage.setItem(STORED, isOff() ? "no" : "yes");
    show();
  });
  document.addEventListener("keydown", answer);
  show();
}
