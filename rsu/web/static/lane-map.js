// The lane map on the page: its parts moved and typed, undo, mistakes and MAP size while editing, saving.

import {ask, askPatiently} from "./ask.js";
import {el} from "./dom.js";
import {begin} from "./frame.js";
import {said, say} from "./language.js";
import {Plan} from "./lane-plan.js";
import {differences, fields, parts} from "./lane-parts.js";
import {buttons, ways} from "./maps/acts.js";
import {listen, showAccount} from "./maps/begin-anew.js";
import {Picture} from "./maps/picture.js";
import {setClass, setText} from "./table.js";
import {loadWords} from "./words.js";

const CHECK_MS = 500;
const $ = (id) => document.getElementById(id);
const copy = (thing) => JSON.parse(JSON.stringify(thing));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

let base = "", saved = null, state = null, before = null, chosen = "", timer = 0, asked = 0, judged = null;
const undone = {back: [], forth: []}; // texts of states
const imports = new Map(); // text of a lane map that was made here -> it

const plan = new Plan($("map"), {choose: (part) => choose(part.key), move, moved: edited, place: (place) => picture.take(place), key: press});
const picture = new Picture(plan);
const part = () => parts(state).find((each) => each.key === chosen);

async function load() {
  const answer = await ask("api/lanes");
  if (!answer.ok) { notice(said(answer.told, "text")); return; }
  base = answer.told.base;
  saved = {map: answer.told.map, zones: answer.told.zones, text: ""};
  state = copy(saved);
  before = JSON.stringify(state);
  undone.back = [];
  undone.forth = [];
  show();
  plan.crossing();
  await check();
}

function notice(text) {
  setText($("notice"), text);
  $("notice").hidden = !text;
}

function choose(key) {
  chosen = key;
  show();
}

function show() {
  const all = parts(state);
  if (!part()) chosen = all.length ? all[0].key : "";
  $("thing").replaceChildren(...all.map(({key, label}) => el("option", {value: key, textContent: label, selected: key === chosen})));
  plan.show(state.map, all, part());
  $("acts").replaceChildren(...buttons(state, part(), () => [plan.view.east, plan.view.north], (key) => { chosen = key; edited(); }));
  $("ways").hidden = !part() || part().kind !== "lane";
  if (!$("ways").hidden) $("ways").tBodies[0].replaceChildren(...ways(state, part(), edited));
  showFields();
  showPoints();
  showVerdict();
}

function showFields() {
  $("values").replaceChildren(...(part() ? fields(part(), state.map) : []).map(({label, value, write, type}, i) => {
    const input = el("input", {id: `field-${i}`, type: type || "number", step: "any", value: value === null || value === undefined ? "" : value});
    input.addEventListener("change", () => { write(input.value); edited(); });
    return el("div", {className: "field"}, el("label", {htmlFor: `field-${i}`, textContent: label}), input);
  }));
}

function showPoints() {
  const points = part() ? plan.points(part()) : [];
  $("points").tBodies[0].replaceChildren(...points.map((point, i) => {
    const cells = [0, 1].map((axis) => {
      const input = el("input", {type: "number", step: "0.01", value: point[axis]});
      input.setAttribute("aria-label", say(axis ? "north of point {}" : "east of point {}", i + 1));
      input.addEventListener("change", () => { point[axis] = Number(input.value); edited(); });
      return el("td", null, input);
    });
    const add = act(say("Add"), say("Add a point after {}", i + 1), () => points.splice(i + 1, 0, between(points, i)));
    const drop = act(say("Remove"), say("Remove point {}", i + 1), () => points.splice(i, 1));
    drop.disabled = points.length <= (part().closed ? 3 : 2);
    return el("tr", null, el("td", {textContent: i + 1}), ...cells, el("td", null, add, drop));
  }));
}

function act(text, label, change) {
  const button = el("button", {className: "plain", textContent: text});
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => { change(); edited(); });
  return button;
}

/** A point half way to the next one; behind the last one of a line, on before it. */
function between(points, i) {
  const [one, other] = i + 1 < points.length || part().closed ? [points[i], points[(i + 1) % points.length]] : [points[i], points[i].map((x, k) => 2 * x - points[i - 1][k])];
  return one.map((x, axis) => Math.round(50 * (x + other[axis])) / 100);
}

function move(number, place) {
  plan.points(part())[number] = place;
  plan.show(state.map, parts(state), part());
  const inputs = $("points").tBodies[0].rows[number].querySelectorAll("input");
  place.forEach((metres, axis) => { inputs[axis].value = metres; });
}

/** After every change: remember the map before it, and have it judged. */
function edited() {
  const now = JSON.stringify(state);
  if (now === before) return;
  undone.back.push(before);
  undone.forth = [];
  before = now;
  show();
  later();
}

function go(from, to) {
  if (!from.length) return;
  to.push(before);
  before = from.pop();
  state = JSON.parse(before);
  show();
  later();
}

function later() {
  asked++;
  judged = null;
  showVerdict();
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_MS);
}

/** A lane map that was made of a file or a template takes the place of the one in the editor. */
function take(text, map) {
  imports.set(text, map);
  Object.assign(state, {text, map: copy(map)});
  chosen = "";
  edited();
  plan.crossing();
}

/** What differs from the files, as the server takes it. */
function changes() {
  const zones = Object.fromEntries(Object.entries(state.zones).filter(([key, list]) => !same(list, saved.zones[key])));
  return {values: differences(state.text ? imports.get(state.text) : saved.map, state.map), zones, text: state.text};
}

async function check() {
  const number = ++asked;
  const answer = await askPatiently("api/lanes/check", changes());
  if (number !== asked) return;
  judged = answer.ok ? answer.told : {findings: [], octets: null};
  setText($("problem"), answer.ok ? "" : said(answer.told, "text"));
  showVerdict();
}

function showVerdict() {
  const found = judged ? judged.findings : [], errors = found.filter((each) => each.level === "error").length;
  const warnings = found.length - errors, dirty = !same(saved, state);
  setClass($("verdict"), `mark ${!judged ? "off" : errors ? "alarm" : warnings ? "warn" : "ok"}`);
  setText($("verdict"), !judged ? say("checking") : errors ? say("{} errors, {} warnings", errors, warnings)
    : warnings ? say("{} warnings", warnings) : say("none"));
  $("findings").replaceChildren(...found.map((each) => el("li", {className: `mark ${each.level === "error" ? "alarm" : "warn"}`}, finding(each))));
  setText($("size"), judged && judged.octets ? say("MAP on air: {} of {} octets", judged.octets, judged.most_octets) : "");
  $("save").disabled = !judged || errors > 0 || !dirty;
  $("discard").disabled = !dirty;
  $("undo").disabled = !undone.back.length;
  $("redo").disabled = !undone.forth.length;
}

/** A finding; one on a part of the map leads to it. */
function finding(each) {
  const text = [each.key, said(each, "text")].filter(Boolean).join(": ");
  const there = parts(state).filter(({key}) => `${each.key}.`.startsWith(`${key}.`)).sort((a, b) => b.key.length - a.key.length)[0];
  if (!there) return ` ${text}`;
  const button = el("button", {className: "plain", textContent: text});
  button.addEventListener("click", () => { choose(there.key); plan.view.show(plan.points(there)[plan.points(there).length - 1]); });
  return button;
}

function press(key) {
  const actions = {Home: () => plan.crossing(), 0: () => plan.everything()};
  if (!(key in actions)) return false;
  actions[key]();
  return true;
}

async function save(event) {
  event.preventDefault();
  $("save").disabled = true;
  notice(say("Saving; the daemon takes it into use."));
  let answer;
  try {
    answer = await ask("api/lanes", {...changes(), why: $("why").value, base});
  } catch (error) {
    location.reload(); // the page itself starts anew with the lane map
    return;
  }
  notice("");
  setText($("problem"), answer.ok || answer.status === 422 ? "" : said(answer.told, "text"));
  if (answer.status === 422) { judged = {...answer.told, octets: null}; showVerdict(); return; }
  if (!answer.ok) return;
  $("why").value = "";
  await load();
  notice(answer.told.refused ? say("Saved as version {}, but not in use: {}", answer.told.version, answer.told.refused)
    : say("Version {} is in use.", answer.told.version));
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.tagName === "INPUT") return;
  event.preventDefault();
  if (event.shiftKey) go(undone.forth, undone.back);
  else go(undone.back, undone.forth);
});
$("thing").addEventListener("change", () => { choose($("thing").value); plan.view.show(plan.points(part())[plan.points(part()).length - 1]); });
$("undo").addEventListener("click", () => go(undone.back, undone.forth));
$("redo").addEventListener("click", () => go(undone.forth, undone.back));
$("discard").addEventListener("click", () => { Object.assign(state, copy(saved)); edited(); });
$("in").addEventListener("click", () => plan.view.zoom(1.4));
$("out").addEventListener("click", () => plan.view.zoom(1 / 1.4));
$("home").addEventListener("click", () => plan.crossing());
$("all").addEventListener("click", () => plan.everything());
$("save-form").addEventListener("submit", save);
window.addEventListener("beforeunload", (event) => { if (state && !same(saved, state)) event.preventDefault(); });
listen(take);
begin(() => { if (state) { show(); picture.show(); showAccount(); } }).then(loadWords).then(load).then(() => picture.load());
