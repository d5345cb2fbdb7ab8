// The colours of the style sheet, for the canvas.

const NAMES = ["ink", "muted", "panel", "ground", "asphalt", "junction", "bike-lane", "paint", "paint-soft", "line", "alarm",
  "warn", "accent", "red", "yellow", "green", "car", "truck", "bus", "motorcycle", "bicycle", "pedestrian", "unknown"];

/** Colours by name, as the style sheet has them now. */
export function readTheme() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Call back when the system turns dark or light. */
export function onThemeChange(callback) {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", callback);
}
