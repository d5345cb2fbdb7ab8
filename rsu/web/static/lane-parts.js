// The parts of a lane map that can be edited: lanes, middle lines of roads, exits, crosswalks; what was changed.

import {named} from "./words.js";
import {say} from "./language.js";

/** Every part: {key, label, owner, points: name of its points, closed, stop: whether it ends at a stop line}. */
export function parts(map) {
  const found = [];
  const add = (key, owner, label, extra) => found.push({key, owner, label, points: "points", closed: false, stop: false, ...extra});
  map.nodes.forEach((node, n) => node.links.forEach((link, l) => {
    const road = `nodes.${n}.links.${l}`;
    link.lanes.forEach((lane, i) => add(`${road}.lanes.${i}`, lane, say("{}, lane {}", link.name, lane.id), {stop: true, link, road}));
    add(road, link, say("{}, middle line", link.name), {stop: true, link, road});
  }));
  (map.exits || []).forEach((exit, e) => exit.lanes.forEach((lane, i) =>
    add(`exits.${e}.lanes.${i}`, lane, say("{}, lane {}", exit.name, lane.id || i + 1))));
  (map.crosswalks || []).forEach((walk, i) => add(`crosswalks.${i}`, walk, say("crosswalk {}", i + 1), {points: "polygon", closed: true}));
  return found;
}

/** The values of a part that can be typed: {label, key, read, write(text)}; keys below it, from the part on. */
export function fields(part, map) {
  const number = (owner, name, label) => ({label, value: owner[name], write: (text) => { owner[name] = text === "" ? null : Number(text); }});
  const found = [];
  if (part.owner.width_m !== undefined) found.push(number(part.owner, "width_m", say("width, m")));
  if (part.closed) found.push(number(part.owner, "phase", say("phase of the pedestrians")));
  for (const movement of part.link ? part.link.movements || [] : []) {
    const ways = part.link.lanes.flatMap((lane) => lane.connects_to || []).filter((way) => same(way.downstream, movement.downstream));
    const exit = (map.exits || []).find((each) => same(each.downstream, movement.downstream));
    const label = say("phase: {} {}", ways.length ? named("movements", ways[0].maneuver) : "", exit ? `→ ${exit.name}` : "");
    found.push({label, value: movement.phase, write: (text) => setPhase(movement, ways, text === "" ? null : Number(text))});
  }
  return found;
}

const same = (one, other) => one.region === other.region && one.id === other.id;

/** Give a movement another phase, and the lanes that had its phase. */
function setPhase(movement, ways, phase) {
  const before = movement.phase;
  movement.phase = phase;
  for (const way of ways) if (way.phase !== undefined && way.phase === before) way.phase = phase;
}

/** The values in which a map differs from another of the same build, by dotted key; lists of points as a whole. */
export function differences(before, after, key = "") {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  const whole = typeof after !== "object" || after === null || /(points|polygon)$/.test(key) || before === null || before === undefined;
  if (whole) return {[key]: after};
  return Object.assign({}, ...Object.keys(after).map((name) => differences(before[name], after[name], key ? `${key}.${name}` : name)));
}
