// The colours of the style sheet, for the canvas.

/** Colours by name, as the style sheet has them now. */
export function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const root = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).find((rule) => rule.selectorText === ":root");
  const names = [...root.style].filter((name) => name.startsWith("--"));
  return Object.fromEntries(names.map((name) => [name.slice(2), style.getPropertyValue(name).trim()]));
}

/** Call back when the system turns dark or light. */
export function onThemeChange(callback) {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", callback);
}
