// What the admin's scripts expect to find: words as they are, dates as the server reads them.
// And what they leave out: an icon with a label is an image (ARIA 1.2 names nothing else).
"use strict";
{
  const formats = {
    DATE_INPUT_FORMATS: ["%Y-%m-%d"],
    TIME_INPUT_FORMATS: ["%H:%M:%S"],
    DATETIME_INPUT_FORMATS: ["%Y-%m-%d %H:%M:%S"],
    FIRST_DAY_OF_WEEK: 1,
  };
  window.gettext = (text) => text;
  window.gettext_noop = (text) => text;
  window.ngettext = (one, many, count) => (count === 1 ? one : many);
  window.pgettext = (context, text) => text;
  window.npgettext = (context, one, many, count) => window.ngettext(one, many, count);
  window.get_format = (name) => formats[name] ?? name;
  window.interpolate = (text, values, named) =>
    named
      ? text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]))
      : text.replace(/%s/g, () => String(values.shift()));

  // After the library's own listeners, which draw these icons.
  window.addEventListener("load", () => {
    setTimeout(() => {
      for (const icon of document.querySelectorAll("span.help-tooltip[aria-label]")) {
        icon.setAttribute("role", "img");
      }
    });
  });
}
