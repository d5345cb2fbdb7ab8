// A curve over time as SVG, with its greatest value beside it.

import {el} from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 24;

/** Draw values at equal distances into a cell; null: not known there. `top`: the greatest value of the scale. */
export function curve(cell, values, top = Math.max(...values.filter((v) => v !== null), 0)) {
  if (!cell.firstChild) {
    const made = document.createElementNS(SVG, "svg");
    made.setAttribute("class", "curve");
    made.setAttribute("preserveAspectRatio", "none");
    made.setAttribute("aria-hidden", "true");
    made.append(document.createElementNS(SVG, "path"), document.createElementNS(SVG, "path"));
    cell.append(made);
  }
  const svg = cell.firstChild, width = Math.max(1, values.length - 1), scale = top || 1;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const points = runs(values).map((run) => run.map(([i, v]) => `${i} ${(HEIGHT - 1 - ((HEIGHT - 2) * v) / scale).toFixed(1)}`));
  svg.firstChild.setAttribute("class", "area");
  svg.firstChild.setAttribute("d", points.map((run) => `M${run[0].split(" ")[0]} ${HEIGHT}L${run.join("L")}V${HEIGHT}Z`).join(""));
  svg.lastChild.setAttribute("d", points.map((run) => `M${run.join("L")}${run.length === 1 ? "h.5" : ""}`).join(""));
}

/** Parts without a gap, of [index, value]. */
function runs(values) {
  const found = [[]];
  values.forEach((value, i) => {
    if (value !== null) found[found.length - 1].push([i, value]);
    else if (found[found.length - 1].length) found.push([]);
  });
  return found.filter((run) => run.length);
}

/** Labels of times under strips and curves. */
export function axis(begin, end) {
  const node = el("p", {className: "axis"});
  const days = end - begin > 12 * 3600e9;
  for (let i = 0; i <= 4; i++) {
    const moment = new Date((begin + ((end - begin) * i) / 4) / 1e6);
    const text = moment.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", hour12: false});
    node.append(el("span", {textContent: text, title: days ? moment.toLocaleString() : ""}));
  }
  return node;
}
