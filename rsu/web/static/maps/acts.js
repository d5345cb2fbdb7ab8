// Buttons that add and remove parts of the lane map, and the table of a lane's ways through the crossing.

import {el} from "../dom.js";
import {say} from "../language.js";
import {named, values} from "../words.js";
import {addCrosswalk, addLane, addWay, addZone, alignStops, removeLane, removeRoad, same, settle} from "./shape.js";

/** The buttons for a part of `state`; `done(key)`: called after a change with the part that is chosen then. */
export function buttons(state, part, middle, done) {
  const {map} = state, near = (index) => part.key.replace(/\d+$/, index);
  const button = (text, act) => {
    const found = el("button", {className: "other", type: "button", textContent: text});
    found.addEventListener("click", () => done(act()));
    return found;
  };
  const found = [];
  if (part && ["lane", "exit"].includes(part.kind)) {
    found.push(button(say("Add a lane on the left"), () => near(addLane(map, part, -1))));
    found.push(button(say("Add a lane on the right"), () => near(addLane(map, part, 1))));
  }
  if (part && part.kind === "lane") found.push(button(say("Put all stop lines of this road here"), () => { alignStops(part); return part.key; }));
  if (part) found.push(button(say("Remove {}", part.label), () => remove(state, part)));
  found.push(button(say("Add a crosswalk"), () => addCrosswalk(state, middle())));
  found.push(button(say("Add a zone for events"), () => addZone(state, "events.zones", middle())));
  found.push(button(say("Add a zone for counting"), () => addZone(state, "statistics.zones", middle())));
  return found;
}

function remove({map}, part) {
  if (["lane", "exit"].includes(part.kind)) removeLane(map, part);
  else if (part.kind === "road") removeRoad(map, part.owner);
  else part.list.splice(part.index, 1);
  return "";
}

/** The ways of a lane as rows of a table; `done()`: called after a change. */
export function ways(state, part, done) {
  const {map} = state, {link, owner: lane} = part, exits = map.exits || [];
  const rows = (lane.connects_to || []).map((way, n) => {
    const exit = exits.find((each) => same(each.downstream, way.downstream));
    const lanes = exit ? exit.lanes.map((each, i) => each.id || i + 1) : [way.lane];
    const label = (text) => `${text}, ${say("way {}", n + 1)}`;
    const change = (act) => (value) => { act(value); settle(link, lane); done(); };
    return el("tr", null, ...[
      pick(label(say("Direction")), values("movements").map((name) => [name, named("movements", name)]), way.maneuver,
        change((value) => { way.maneuver = value; })),
      pick(label(say("Road out")), exits.map((each, i) => [String(i), each.name]), String(exits.indexOf(exit)),
        change((value) => { way.downstream = {...exits[value].downstream}; way.lane = exits[value].lanes[0].id || 1; })),
      pick(label(say("Lane")), lanes.map((id) => [String(id), String(id)]), String(way.lane), change((value) => { way.lane = Number(value); })),
      typed(label(say("Phase")), way.phase, change((value) => { way.phase = value === "" ? null : Number(value); })),
      drop(label(say("Remove")), () => change(() => lane.connects_to.splice(n, 1))()),
    ].map((each) => el("td", null, each)));
  });
  const add = el("select", {className: "add"}, el("option", {value: "", textContent: say("Add a way to ...")}),
    ...exits.map((exit, i) => el("option", {value: i, textContent: exit.name})));
  add.setAttribute("aria-label", say("Add a way to ..."));
  add.addEventListener("change", () => { addWay(map, link, lane, exits[add.value]); done(); });
  return [...rows, el("tr", null, el("td", {colSpan: 5}, add))];
}

function pick(label, options, chosen, change) {
  const found = el("select", null, ...options.map(([value, text]) => el("option", {value, textContent: text, selected: value === chosen})));
  found.setAttribute("aria-label", label);
  found.addEventListener("change", () => change(found.value));
  return found;
}

function typed(label, value, change) {
  const found = el("input", {type: "number", min: 1, max: 255, value: value === null || value === undefined ? "" : value});
  found.setAttribute("aria-label", label);
  found.addEventListener("change", () => change(found.value));
  return found;
}

function drop(label, act) {
  const found = el("button", {className: "plain", type: "button", textContent: "×"});
  found.setAttribute("aria-label", label);
  found.addEventListener("click", act);
  return found;
}
