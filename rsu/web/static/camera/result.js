// A solved camera: errors of every point, how firmly the points hold it, drawings before and after, the new values.

import {el} from "../dom.js";
import {said, say} from "../language.js";
import {define, setClass, setText} from "../table.js";

const $ = (id) => document.getElementById(id);
const metres = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));
const shown = {when: "after", what: "picture"};
let drawn = null; // {camera, count} of the drawings

/** Errors of a point by its name, as cells: now m, after px, after m, left out m. */
export function cells(answer, name) {
  const point = answer && answer.points.find((each) => each.name === name);
  if (!point) return ["–", "–", "–", "–"];
  return [metres(point.now_m), metres(point.after.px), metres(point.after.m), metres(point.left_out.m)];
}

export const isSuspect = (answer, name) => Boolean(answer && answer.points.some((each) => each.name === name && each.suspect));

/** Show a result; null: none. `pictured`: there are drawings. */
export function show(answer, pictured) {
  $("result").hidden = !answer;
  if (!answer) return;
  const doubts = answer.doubts.map((each) => said({text: each.en, text_zh: each.zh}, "text"));
  setClass($("trust"), `mark ${doubts.length ? "warn" : "ok"}`);
  setText($("trust"), doubts.length ? say("not to be trusted yet") : say("can be applied"));
  $("doubts").replaceChildren(...doubts.map((text) => el("li", {className: "mark warn", textContent: ` ${text}`})));
  define($("figures"), {
    [say("Error now, m")]: metres(answer.rms_m.now),
    [say("Error after, m")]: metres(answer.rms_m.after),
    [say("Error of points left out, m")]: metres(answer.rms_m.left_out),
    [say("Coverage of the watched road")]: `${Math.round(100 * answer.coverage)} %`,
    [say("Condition")]: answer.condition.toFixed(0),
    [say("Far places, 1 sigma, m")]: metres(answer.far_sd_m),
  });
  $("new-values").tBodies[0].replaceChildren(...Object.entries(answer.values).map(([key, value]) => el("tr", null,
    el("td", {textContent: key}), el("td", {textContent: JSON.stringify(value)}))));
  $("drawings").hidden = !pictured;
  drawn = pictured ? {camera: answer.camera, count: (drawn ? drawn.count : 0) + 1} : null;
  showDrawing();
}

function showDrawing() {
  if (!drawn) return;
  for (const [key, value] of Object.entries(shown)) for (const button of document.querySelectorAll(`[data-${key}]`)) button.setAttribute("aria-pressed", String(button.dataset[key] === value));
  $("drawing").src = `api/calibration/drawing?camera=${encodeURIComponent(drawn.camera)}&name=${shown.when}-${shown.what}&n=${drawn.count}`;
}

for (const button of document.querySelectorAll("[data-when], [data-what]")) {
  button.addEventListener("click", () => { Object.assign(shown, {...button.dataset}); showDrawing(); });
}
$("drawing").addEventListener("error", () => { $("drawing").hidden = true; });
$("drawing").addEventListener("load", () => { $("drawing").hidden = false; });
