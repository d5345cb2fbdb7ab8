// A lane map of another map's file, or of a template: made by the server, taken into the editor, not saved.

import {ask, upload} from "../ask.js";
import {el} from "../dom.js";
import {said, say} from "../language.js";
import {setText} from "../table.js";

const $ = (id) => document.getElementById(id);
const FOUR = ["0=l,s,sr/2", "90=l,s,sr/2", "180=l,s,sr/2", "270=l,s,sr/2"].join("\n");
let made = null;

/** Listen to both forms; `take(text, map)`: called with the lane map that was made. */
export function listen(take) {
  $("legs").value = FOUR;
  $("import-form").addEventListener("submit", (event) => { event.preventDefault(); run(take, importing); });
  $("crossing").addEventListener("change", () => run(take, importing));
  $("map-file").addEventListener("change", () => { $("crossing-field").hidden = true; $("crossing").replaceChildren(); });
  $("new-form").addEventListener("submit", (event) => { event.preventDefault(); run(take, anew); });
}

async function run(take, make) {
  for (const id of ["import", "new"]) $(id).disabled = true;
  setText($("making"), say("Reading; this takes a few seconds."));
  setText($("import-problem"), "");
  try {
    const answer = await make();
    made = answer.ok ? answer.told : null;
    setText($("import-problem"), answer.ok ? "" : said(answer.told, "text"));
    if (made) take(made.text, made.map);
  } catch (error) {
    setText($("import-problem"), String(error.message));
  }
  for (const id of ["import", "new"]) $(id).disabled = false;
  showAccount();
}

/** What was read, assumed and left out, in the page's language. */
export function showAccount() {
  $("account").hidden = !made;
  setText($("making"), made ? say("Taken into the editor, not saved yet. Undo brings the map before back.") : "");
  if (!made) return;
  $("notes").replaceChildren(...made.notes.map((note) => el("li", null, el("b", {textContent: said(note, "kind")}), ` ${said(note, "text")}`)));
  const crossings = made.crossings || [];
  $("crossing-field").hidden = crossings.length < 2;
  if ($("crossing").options.length !== crossings.length) {
    $("crossing").replaceChildren(...crossings.map(({key, name, place, lanes}) =>
      el("option", {value: key, textContent: say("{} {}, {}, {} lanes", key, name, place, lanes)})));
  }
}

async function importing() {
  const file = $("map-file").files[0], text = (id) => $(id).value.trim() || null;
  const datum = text("datum"), origin = text("origin"), wish = {type: "import", name: file.name, reach_m: Number($("reach").value)};
  Object.assign(wish, {crossing: text("crossing"), crs: text("crs"), format: $("format").value});
  if (datum) Object.assign(wish, {datum, from_gcj02: datum === "gcj02"});
  if (origin) wish.origin_deg = origin.split(",").map(Number);
  return upload(`api/lanes/import?wish=${encodeURIComponent(JSON.stringify(wish))}`, await packed(file));
}

/** A file as gzip, which the reader takes too: maps are long texts. */
async function packed(file) {
  if (/\.gz$/.test(file.name) || !window.CompressionStream) return file;
  return new Response(file.stream().pipeThrough(new CompressionStream("gzip"))).blob();
}

async function anew() {
  const number = (id) => Number($(id).value);
  return ask("api/lanes/new", {type: "new", legs: $("legs").value.split(/\s+/).filter(Boolean), width_m: number("lane-width"),
    limit_kmh: number("limit"), reach_m: number("new-reach"), bikes: $("bikes").checked, crosswalks: $("walks").checked, phases: $("phases").value});
}
