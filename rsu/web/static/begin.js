// A first site for a box that has none: devices found by listening, the crossing, the start.

import {ask} from "./ask.js";
import {el} from "./dom.js";
import {begin} from "./frame.js";
import {language, said, say} from "./language.js";
import {setText} from "./table.js";

const AGAIN_MS = 1000;
const $ = (id) => document.getElementById(id);
const found = new Map(); // place -> device, null: none, undefined: not listened at yet

function show() {
  $("no-places").hidden = found.size > 0;
  $("places").hidden = found.size === 0;
  $("places").tBodies[0].replaceChildren(...[...found].map(([place, device]) => {
    const text = device ? say("{}, {} measurements", device.kind, device.measurements)
      : device === null ? say("nothing that a driver reads") : say("not listened at yet");
    return el("tr", null, el("td", {textContent: place}), el("td", {textContent: text, className: device ? "mark ok" : "mark off"}));
  }));
}

async function probe(event) {
  event.preventDefault();
  for (const place of $("addresses").value.split(/[\s,]+/).filter(Boolean)) if (!found.get(place)) found.set(place, undefined);
  show();
  $("probe").disabled = true;
  setText($("probe-problem"), "");
  for (const [place, device] of found) {
    if (device) continue;
    setText($("listening"), say("Listening at {}", place));
    const answer = await ask("api/begin/probe", {place});
    if (answer.ok) take(place, answer.told);
    else setText($("probe-problem"), said(answer.told, "text"));
  }
  setText($("listening"), "");
  $("probe").disabled = false;
}

function take(place, device) {
  found.set(place, device);
  if (device && device.place) [$("latitude").value, $("longitude").value, $("height").value] =
    [device.place[0].toFixed(7), device.place[1].toFixed(7), device.place[2].toFixed(1)];
  show();
}

function wanted() {
  const number = (id) => Number($(id).value), text = (id) => $(id).value.trim();
  const devices = [...found.values()].filter(Boolean).map(({kind, link}) => ({kind, link}));
  return {name: text("name"), region: number("region"), node: number("node"), district: text("district"),
    latitude_deg: number("latitude"), longitude_deg: number("longitude"), elevation_m: number("height"), radio: text("radio"),
    listen: text("listen"), legs: text("legs").split(/\s+/), devices, language};
}

async function write(event) {
  event.preventDefault();
  $("write").disabled = true;
  const answer = await ask("api/begin", wanted());
  setText($("problem"), answer.ok || answer.status === 422 ? "" : said(answer.told, "text"));
  $("findings").replaceChildren(...(answer.status === 422 ? answer.told.findings : [])
    .map((each) => el("li", {className: "mark alarm", textContent: `${each.key}: ${said(each, "text")}`})));
  $("write").disabled = false;
  if (!answer.ok) return;
  $("write").disabled = true;
  setText($("starting"), say("The daemon starts."));
  setTimeout(started, AGAIN_MS);
}

/** Go to the lane map as soon as the daemon runs; once: a second order would begin the way anew. */
async function started() {
  try {
    if ((await fetch("api/map")).ok) { location.assign("lane-map.html"); return; }
  } catch (error) {
    setText($("starting"), say("The daemon starts.")); // its page ends, and begins anew
  }
  setTimeout(started, AGAIN_MS);
}

$("probe-form").addEventListener("submit", probe);
$("begin-form").addEventListener("submit", write);
begin(show).then(async () => {
  const answer = await ask("api/begin/places");
  if (!answer.ok) { location.assign("./"); return; }
  for (const place of answer.told.serial) found.set(place, undefined);
  $("legs").value = answer.told.legs.join("\n");
  show();
});
