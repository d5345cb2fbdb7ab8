// The daemon's log: the newest lines by device, process, level and time.

import {ask} from "./ask.js";
import {el} from "./dom.js";
import {begin} from "./frame.js";
import {language, said, say} from "./language.js";
import {setText} from "./table.js";

const $ = (id) => document.getElementById(id);
const WISHES = ["device", "process", "level", "since"];
const LEVELS = {warning: "warn", error: "alarm", critical: "alarm"};
let found = null, names = {devices: [], processes: []};

const level = (code) => ({info: say("info"), warning: say("warning"), error: say("error")})[code] || code;

async function load() {
  const state = await ask("api/state");
  if (state.ok) names = {devices: Object.keys(state.told.devices || {}), processes: Object.keys(state.told.processes || {})};
  showNames();
  $("device").value = new URLSearchParams(location.search).get("device") || "";
  await read();
}

function showNames() {
  for (const [id, list] of [["device", names.devices], ["process", names.processes]]) {
    const value = $(id).value;
    $(id).replaceChildren(el("option", {value: "", textContent: say("all")}), ...list.map((name) => el("option", {value: name, textContent: name})));
    $(id).value = value;
  }
}

async function read() {
  $("read").disabled = true;
  const wishes = new URLSearchParams(WISHES.map((name) => [name, $(name).value]).filter(([, value]) => value));
  const answer = await ask(`api/log?${wishes}&language=${language}`);
  $("read").disabled = false;
  setText($("problem"), answer.ok ? "" : said(answer.told, "text"));
  found = answer.ok ? answer.told : null;
  show();
}

function show() {
  const lines = found ? found.lines : [];
  setText($("state"), !found ? "" : lines.length < found.most ? say("{} lines, the newest first", lines.length)
    : say("{} lines, the newest first; older ones are left out", lines.length));
  $("lines").replaceChildren(...lines.map((line) => el("tr", null,
    el("td", {textContent: line.at.slice(0, 19).replace("T", " ")}),
    el("td", null, el("span", {className: LEVELS[line.level] ? `mark ${LEVELS[line.level]}` : "", textContent: level(line.level)})),
    ...[line.process, said(line, "event"), said(line, "figures")].map((text) => el("td", {textContent: text})))));
}

$("read").addEventListener("click", read);
begin(() => { showNames(); show(); }).then(load);
