// Where the sensors stand: solved from recordings, or moved by hand over their own detections; applied to the site.

import {ask} from "../ask.js";
import {el} from "../dom.js";
import {begin} from "../frame.js";
import {done} from "../jobs.js";
import {language, said, say} from "../language.js";
import {setText} from "../table.js";
import {save} from "../values.js";
import {loadWords} from "../words.js";
import {Board} from "./board.js";

const LOOK_MS = 250, MOST = 4000; // detections that are shown
const FIELDS = ["east_m", "north_m", "yaw_deg"];
const $ = (id) => document.getElementById(id);
let sensors = {}, chosen = "", mount = null, seen = [], stamp = 0, solved = null;

const board = new Board($("map"), {moved: (other) => { mount = other; show(); }});
const standing = (name) => Object.fromEntries(FIELDS.map((field) => [field, sensors[name][field]]));

function notice(text) {
  setText($("notice"), text);
  $("notice").hidden = !text;
}

async function load() {
  const [found, lanes] = [await (await fetch("api/sensors")).json(), await ask("api/lanes")];
  if (!lanes.ok) { notice(said(lanes.told, "text")); return; }
  sensors = Object.fromEntries(found.map((each) => [each.device, each]));
  board.lanes(lanes.told.map);
  $("sensor").replaceChildren(...Object.keys(sensors).map((name) => el("option", {value: name, textContent: name})));
  choose(new URLSearchParams(location.search).get("sensor") in sensors ? new URLSearchParams(location.search).get("sensor") : Object.keys(sensors)[0]);
  setInterval(look, LOOK_MS);
  take(await done("api/registration", undefined, runs));
}

function choose(name) {
  [chosen, seen] = [name, []];
  $("sensor").value = name;
  mount = standing(name);
  show();
}

/** Gather the places that the chosen sensor reports. */
async function look() {
  if (document.hidden) return;
  const answer = await fetch("api/seen"), told = answer.ok ? await answer.json() : null;
  if (!told || told.stamp_ns === stamp) return;
  stamp = told.stamp_ns;
  for (const {device, places_m: places} of told.sights) if (device === chosen) seen.push(...places.map(([east, north]) => [east, north]));
  seen = seen.slice(-MOST);
  show();
}

function show() {
  board.show(standing(chosen), mount, seen);
  for (const field of FIELDS) if (document.activeElement !== $(field)) $(field).value = mount[field];
  const differs = FIELDS.some((field) => mount[field] !== sensors[chosen][field]);
  $("apply").disabled = $("discard").disabled = !differs;
  setText($("count"), say("{} detections since this sensor was chosen", seen.length));
}

function runs(seconds) {
  $("solve").disabled = true;
  setText($("state"), say("At work for {} s", Math.round(seconds)));
}

function take(found) {
  $("solve").disabled = false;
  setText($("state"), "");
  setText($("problem"), found.state === "failed" ? said(found, "text") : "");
  solved = found.state === "done" ? found.answer : null;
  showSolved();
}

const verdict = (code) => ({fine: say("as the site file says"), moved: say("stands elsewhere"), unknown: say("too little was seen")})[code];
const figure = (one, name) => `${one[name].toFixed(2)} ± ${one[name.replace(/_(m|deg)$/, "_sd_$1")].toFixed(2)}`;

function showSolved() {
  $("solved").hidden = !solved;
  if (!solved) return;
  $("rows").replaceChildren(...solved.sensors.map((one) => {
    const cells = [["east_m", 1], ["north_m", 1], ["yaw_deg", 1], ["pitch_deg", 0], ["roll_deg", 0], ["height_m", 0]].map(([name, always]) =>
      el("td", {className: "number", textContent: one.verdict !== "unknown" && (always || one[name]) ? figure(one, name) : "–"}));
    const mark = {fine: "ok", moved: "warn", unknown: "off"}[one.verdict];
    const look = el("button", {className: "plain", textContent: say("Show"), onclick: () => preview(one.device)});
    look.setAttribute("aria-label", say("Show {} on the map", one.device));
    return el("tr", null, el("td", {textContent: one.device}), el("td", null, el("span", {className: `mark ${mark}`, textContent: verdict(one.verdict)})),
      ...cells, el("td", null, one.device in sensors ? look : ""));
  }));
  const changes = Object.entries(solved.values);
  $("apply-solved").disabled = !changes.length;
  $("solved-values").replaceChildren(...changes.map(([key, value]) => el("li", {textContent: `${key}: ${value}`})));
}

/** Show a sensor as it was solved. */
function preview(name) {
  choose(name);
  for (const field of FIELDS) mount[field] = solved.values[`${name}.mount.${field}`] ?? mount[field];
  show();
  $("map").scrollIntoView({block: "center"});
}

async function solve() {
  runs(0);
  take(await done("api/registration", {minutes: Number($("minutes").value), language}, runs));
}

async function apply(values, why) {
  const told = await save(values, why);
  setText($("problem"), told.problem);
  notice(told.notice);
  if (told.problem) return;
  for (const [key, value] of Object.entries(values)) {
    const [, name, , field] = key.split(".");
    if (name in sensors) sensors[name][field] = value;
  }
  choose(chosen);
}

$("sensor").addEventListener("change", () => choose($("sensor").value));
for (const field of FIELDS) $(field).addEventListener("input", () => { if ($(field).value !== "") { mount = {...mount, [field]: Number($(field).value)}; show(); } });
$("discard").addEventListener("click", () => { mount = standing(chosen); show(); });
$("apply").addEventListener("click", () => apply(Object.fromEntries(FIELDS.map((field) => [`sensors.${chosen}.mount.${field}`, mount[field]])), `mount of ${chosen} moved on the page`));
$("solve").addEventListener("click", solve);
$("apply-solved").addEventListener("click", () => apply(Object.fromEntries(Object.entries(solved.values).map(([key, value]) => [`sensors.${key}`, value])), "registration from recordings"));
$("in").addEventListener("click", () => board.view.zoom(1.4));
$("out").addEventListener("click", () => board.view.zoom(1 / 1.4));
begin(() => { if (mount) { show(); showSolved(); } }).then(loadWords).then(load);
