// A camera calibrated on the page: its picture, points picked in it and on the lane map, solved, drawn, applied.

import {ask, upload} from "../ask.js";
import {el} from "../dom.js";
import {begin} from "../frame.js";
import {language, said, say} from "../language.js";
import {setText} from "../table.js";
import {loadWords} from "../words.js";
import {save} from "../values.js";
import {Picks} from "./picks.js";
import {Picture} from "./picture.js";
import {Places} from "./places.js";
import {cells, isSuspect, show as showResult} from "./result.js";

const $ = (id) => document.getElementById(id);
let cameras = [], picks = null, map = null, answer = null, pictured = false, busy = false;

const picture = new Picture($("picture"), {
  picked: (u, v) => { picks.add(u, v); changed(); },
  chosen: (number) => { picks.chosen = number; show(); },
  moved: (number, u, v) => { picks.move(number, u, v); showFields(); },
  dropped: () => changed(),
});
const places = new Places($("map"), {
  snapped: (landmark) => { picks.snap(landmark); changed(); },
  placed: (east, north) => { picks.place(east, north); changed(); },
});
const address = (path) => `api/calibration/${path}?camera=${encodeURIComponent($("camera").value)}`;

function notice(text) {
  setText($("notice"), text);
  $("notice").hidden = !text;
}

async function load() {
  const [found, lanes] = [await ask("api/calibration/cameras"), await ask("api/lanes")];
  if (!found.ok || !lanes.ok) { notice(said((found.ok ? lanes : found).told, "text")); return; }
  [cameras, map] = [found.told, lanes.told.map];
  const wanted = new URLSearchParams(location.search).get("camera");
  $("camera").replaceChildren(...cameras.map(({name}) => el("option", {value: name, textContent: name, selected: name === wanted})));
  if (cameras.length) await choose();
  else notice(say("The site file has no camera whose pixels become places."));
}

async function choose() {
  [answer, pictured, picks] = [null, false, null];
  picture.show(null, null);
  $("take").disabled = !cameras.find(({name}) => name === $("camera").value).running;
  notice(say("The points of the lane map are fetched."));
  const found = await ask(`${address("points")}&language=${language}`);
  notice(found.ok ? "" : said(found.told, "text"));
  if (!found.ok) return;
  picks = new Picks(found.told);
  places.show(map, picks);
  showPlaces();
  await showPicture();
}

async function take() {
  notice(say("A picture is taken."));
  const found = await ask(address("still"), {});
  notice(found.ok ? "" : said(found.told, "text"));
  if (found.ok) await showPicture();
}

async function fromFile() {
  const [file] = $("file").files;
  if (!file) return;
  const found = await upload(address("picture"), file);
  notice(found.ok ? "" : said(found.told, "text"));
  if (found.ok) await showPicture();
}

async function showPicture() {
  const taken = await fetch(address("picture"));
  pictured = taken.status === 200;
  if (pictured) {
    const image = await createImageBitmap(await taken.blob());
    picks.picture = [image.width, image.height];
    picture.show(image, picks);
  }
  $("no-picture").hidden = pictured;
  show();
}

/** After every change the errors that stand are no more those of the points. */
function changed() {
  answer = null;
  show();
}

function show() {
  if (!picks) return;
  showFields();
  $("points").tBodies[0].replaceChildren(...picks.points.map((point, i) => row(point, i)));
  $("solve").disabled = busy || picks.told().length < 3;
  $("apply").disabled = busy || !answer || answer.doubts.length > 0;
  showResult(answer, pictured);
}

function row(point, i) {
  const name = String(i + 1);
  const choose = el("button", {className: "plain", textContent: name, onclick: () => { picks.chosen = i; show(); }});
  choose.setAttribute("aria-label", say("Choose point {}", name));
  choose.setAttribute("aria-pressed", String(i === picks.chosen));
  const drop = el("button", {className: "plain", textContent: say("Remove"), onclick: () => { picks.remove(i); changed(); }});
  drop.setAttribute("aria-label", say("Remove point {}", name));
  const place = point.at || (point.east_m === null ? say("no place yet") : `${point.east_m.toFixed(2)}, ${point.north_m.toFixed(2)}`);
  return el("tr", {className: isSuspect(answer, name) ? "suspect" : i === picks.chosen ? "chosen" : ""}, el("td", null, choose),
    el("td", {textContent: place}), ...cells(answer, name).map((text) => el("td", {className: "number", textContent: text})), el("td", null, drop));
}

function showPlaces() {
  $("at").replaceChildren(el("option", {value: "", textContent: say("typed, or tapped on the map")}),
    ...picks.landmarks.map(({name}) => el("option", {value: name, textContent: name})));
}

function showFields() {
  const point = picks.point;
  $("fields").hidden = !point;
  if (!point) return;
  setText($("chosen"), say("Point {}", picks.chosen + 1));
  $("at").value = point.at;
  for (const name of ["u", "v", "east_m", "north_m", "height_m"]) $(name).value = point[name] === null ? "" : point[name];
}

function typed(name) {
  const value = $(name).value === "" ? null : Number($(name).value);
  picks.point[name] = value === null && ["u", "v", "height_m"].includes(name) ? 0 : value;
  if (name === "east_m" || name === "north_m") picks.point.at = "";
  picks.keep();
  changed();
}

async function solve() {
  busy = true;
  show();
  setText($("problem"), "");
  setText($("state"), say("Solving ..."));
  const found = await ask("api/calibration/solve", {camera: picks.camera, points: picks.told(), find: $("find").value, language});
  busy = false;
  setText($("state"), "");
  setText($("problem"), found.ok ? "" : said(found.told, "text"));
  answer = found.ok ? found.told : null;
  show();
}

async function apply() {
  busy = true;
  show();
  const told = await save(answer.values, `calibrate ${picks.camera}`);
  busy = false;
  setText($("problem"), told.problem);
  notice(told.notice);
  if (!told.problem) await choose();
  else show();
  if (!told.problem) notice(told.notice);
}

$("camera").addEventListener("change", choose);
$("take").addEventListener("click", take);
$("file").addEventListener("change", fromFile);
$("at").addEventListener("change", () => {
  const landmark = picks.landmarks.find(({name}) => name === $("at").value);
  if (landmark) picks.snap(landmark);
  else picks.point.at = "";
  changed();
});
for (const name of ["u", "v", "east_m", "north_m", "height_m"]) $(name).addEventListener("change", () => typed(name));
$("whole").addEventListener("click", () => picture.fit());
$("closer").addEventListener("click", () => picture.view.zoom(1.6));
$("farther").addEventListener("click", () => picture.view.zoom(1 / 1.6));
$("solve").addEventListener("click", solve);
$("apply").addEventListener("click", apply);
begin(() => { if (picks) { showPlaces(); show(); } }).then(loadWords).then(load);
