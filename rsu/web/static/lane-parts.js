// The parts of a lane map that can be edited: lanes, middle lines of roads, exits, crosswalks; what was changed.

import {named} from "./words.js";
import {say} from "./language.js";
import {same} from "./maps/shape.js";

/**
 * Every part: {key, kind, label, owner, points: name of its points, closed, stop: whether it ends at a stop line}, and of
 * the kinds lane, exit, walk, zone: the list in which it stands, and its index there; lane, road: link; exit: exit.
 */
export function parts({map, zones}) {
  const found = [];
  const add = (key, kind, owner, label, extra) => found.push({key, kind, owner, label, points: "points", closed: false, stop: false, ...extra});
  map.nodes.forEach((node, n) => node.links.forEach((link, l) => {
    const road = `nodes.${n}.links.${l}`;
    link.lanes.forEach((lane, index) => add(`${road}.lanes.${index}`, "lane", lane, say("{}, lane {}", link.name, lane.id),
      {stop: true, link, list: link.lanes, index}));
    add(road, "road", link, say("{}, middle line", link.name), {stop: true, link});
  }));
  (map.exits || []).forEach((exit, e) => exit.lanes.forEach((lane, index) =>
    add(`exits.${e}.lanes.${index}`, "exit", lane, say("{}, lane {}", exit.name, lane.id || index + 1), {exit, list: exit.lanes, index})));
  (map.crosswalks || []).forEach((walk, index) => add(`crosswalks.${index}`, "walk", walk, say("crosswalk {}", index + 1),
    {points: "polygon", closed: true, list: map.crosswalks, index}));
  for (const [key, list] of Object.entries(zones)) {
    list.forEach((zone, index) => add(`${key}.${index}`, "zone", zone, say(key.startsWith("events") ? "event zone {}" : "counting zone {}", zone.name),
      {points: "polygon_m", closed: true, list, index}));
  }
  return found;
}

/** The values of a part that can be typed: {label, value, write(text)}; `type`: of another input than a number's. */
export function fields(part, map) {
  const number = (owner, name, label) => ({label, value: owner[name], write: (text) => { owner[name] = text === "" ? null : Number(text); }});
  const found = [];
  if (part.owner.width_m !== undefined) found.push(number(part.owner, "width_m", say("width, m")));
  if (part.kind === "zone") found.push({label: say("name"), value: part.owner.name, type: "text", write: (text) => { part.owner.name = text; }});
  if (part.kind === "walk") found.push(number(part.owner, "phase", say("phase of the pedestrians")));
  for (const movement of part.link ? part.link.movements || [] : []) {
    const ways = part.link.lanes.flatMap((lane) => lane.connects_to || []).filter((way) => same(way.downstream, movement.downstream));
    const exit = (map.exits || []).find((each) => same(each.downstream, movement.downstream));
    const label = say("phase: {} {}", ways.length ? named("movements", ways[0].maneuver) : "", exit ? `→ ${exit.name}` : "");
    found.push({label, value: movement.phase, write: (text) => setPhase(movement, ways, text === "" ? null : Number(text))});
  }
  return found;
}

/** Give a movement another phase, and the lanes that had its phase. */
function setPhase(movement, ways, phase) {
  const before = movement.phase;
  movement.phase = phase;
  for (const way of ways) if (way.phase !== undefined && way.phase === before) way.phase = phase;
}

/** The values in which a map differs from another, by dotted key; lists of points, and of another length, as a whole. */
export function differences(before, after, key = "") {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  const whole = typeof after !== "object" || after === null || /(points|polygon)$/.test(key) || before === null || before === undefined;
  if (whole || (Array.isArray(after) && after.length !== before.length)) return {[key]: after};
  return Object.assign({}, ...Object.keys(after).map((name) => differences(before[name], after[name], key ? `${key}.${name}` : name)));
}
