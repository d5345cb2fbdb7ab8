// Changes of a lane map that add and remove: lanes, stop lines, crosswalks, zones, ways of a lane. They change `state`.

import {along, direction, ending, last, shifted} from "../geometry.js";

export const EXIT_WIDTH_M = 3.25; // where a lane map does not say
const STOP_REACH_M = 30; // farther, a stop line is not moved
const copy = (thing) => JSON.parse(JSON.stringify(thing));
const round = (metres) => Math.round(metres * 100) / 100;
const rounded = (points) => points.map((point) => point.map(round));
export const same = (one, other) => one.region === other.region && one.id === other.id;

const links = (map) => map.nodes.flatMap((node) => node.links);
const waysTo = (map, exit) => links(map).flatMap((link) => link.lanes).flatMap((lane) => lane.connects_to || [])
  .filter((way) => same(way.downstream, exit.downstream));

/** Add a lane beside one, `side` -1: left, 1: right in driving direction. The lanes beyond make room. Its place in the list. */
export function addLane(map, {list, index, link, exit}, side) {
  const lane = list[index], width = lane.width_m || EXIT_WIDTH_M, made = copy(lane);
  made.points = rounded(shifted(lane.points, side * width));
  list.forEach((each, i) => {
    if ((i - index) * side > 0) each.points = rounded(shifted(each.points, side * width));
  });
  const place = index + (side > 0 ? 1 : 0);
  number(map, list, exit, [...list.slice(0, place), made, ...list.slice(place)]);
  if (link) widen(link, width, side);
  return place;
}

/** Remove a lane, with the ways to it; the last one takes its road away. */
export function removeLane(map, {list, index, link, exit}) {
  const lane = list[index];
  if (list.length === 1) { removeRoad(map, link || exit); return; }
  if (exit) dropWays(map, (way) => same(way.downstream, exit.downstream) && way.lane === (lane.id || index + 1));
  number(map, list, exit, list.filter((each) => each !== lane));
  if (link) widen(link, -(lane.width_m || EXIT_WIDTH_M), 2 * index < list.length ? -1 : 1);
}

/** Remove a road in, or a road out with the ways to it. */
export function removeRoad(map, road) {
  for (const node of map.nodes) node.links = node.links.filter((each) => each !== road);
  if (!(map.exits || []).includes(road)) return;
  map.exits = map.exits.filter((each) => each !== road);
  dropWays(map, (way) => same(way.downstream, road.downstream));
}

/** Give the lanes of a list their numbers from the left, and the ways that lead to them. */
function number(map, list, exit, wanted) {
  const numbers = new Map(list.map((lane, i) => [lane.id || i + 1, lane]));
  const ways = exit ? waysTo(map, exit).map((way) => [way, numbers.get(way.lane)]) : [];
  list.splice(0, list.length, ...wanted);
  list.forEach((lane, i) => { if (lane.id) lane.id = i + 1; });
  for (const [way, lane] of ways) if (list.includes(lane)) way.lane = list.indexOf(lane) + 1;
}

/** Keep the width of a road that of its lanes, and its middle line in the middle. */
function widen(link, width, side) {
  link.width_m = round(Math.max(0.1, link.width_m + width));
  link.points = rounded(shifted(link.points, side * width / 2));
}

function dropWays(map, drop) {
  for (const link of links(map)) {
    for (const lane of link.lanes) lane.connects_to = (lane.connects_to || []).filter((way) => !drop(way));
    const left = link.lanes.flatMap((lane) => lane.connects_to);
    link.movements = (link.movements || []).filter((movement) => left.some((way) => same(way.downstream, movement.downstream)));
  }
}

/** Let all lanes of a road, and its middle line, end on the stop line of one: square to it. */
export function alignStops({link, list, index}) {
  const end = last(list[index].points), heading = ending(list[index].points);
  for (const each of [...link.lanes, link]) {
    const own = ending(each.points), from = last(each.points);
    const metres = ((end[0] - from[0]) * heading[0] + (end[1] - from[1]) * heading[1]) / (own[0] * heading[0] + own[1] * heading[1]);
    const before = each.points[each.points.length - 2];
    const length = Math.hypot(from[0] - before[0], from[1] - before[1]);
    if (Math.abs(metres) < STOP_REACH_M && length + metres > 1) each.points.splice(-1, 1, along(from, own, metres).map(round));
  }
}

/** A rectangle around a place, as corners. */
const around = ([east, north], width, height) => rounded([[-1, -1], [1, -1], [1, 1], [-1, 1]]
  .map(([x, y]) => [east + x * width / 2, north + y * height / 2]));

/** Add a crosswalk of 4 m x 12 m; its key. */
export function addCrosswalk({map}, place) {
  map.crosswalks = [...(map.crosswalks || []), {phase: null, polygon: around(place, 12, 4)}];
  return `crosswalks.${map.crosswalks.length - 1}`;
}

/** Add a zone of 15 m x 15 m to the zones of a key of the site file; its key. */
export function addZone({zones}, key, place) {
  const names = Object.values(zones).flat().map((zone) => zone.name);
  let n = 1;
  while (names.includes(`zone-${n}`)) n++;
  zones[key].push({name: `zone-${n}`, polygon_m: around(place, 15, 15)});
  return `${key}.${zones[key].length - 1}`;
}

/** Add a way from a lane through the crossing; the first movement to its road comes with it. */
export function addWay(map, link, lane, exit) {
  const used = (lane.connects_to || []).map((way) => `${way.downstream.region} ${way.downstream.id} ${way.lane}`);
  const free = exit.lanes.findIndex((each, i) => !used.includes(`${exit.downstream.region} ${exit.downstream.id} ${each.id || i + 1}`));
  const maneuver = turn(lane, exit), target = exit.lanes[Math.max(0, free)];
  lane.connects_to = [...(lane.connects_to || []), {downstream: {...exit.downstream}, lane: target.id || Math.max(0, free) + 1, maneuver}];
  settle(link, lane);
}

/** After a change of ways: the arrows of their lane, and the movements of its road. */
export function settle(link, lane) {
  const found = [...new Set(lane.connects_to.map((way) => way.maneuver))];
  if (found.length) lane.maneuvers = found;
  const ways = link.lanes.flatMap((each) => each.connects_to || []);
  const movements = (link.movements || []).filter((movement) => ways.some((way) => same(way.downstream, movement.downstream)));
  for (const way of ways) {
    if (!movements.some((movement) => same(movement.downstream, way.downstream))) movements.push({downstream: {...way.downstream}, phase: null});
  }
  link.movements = movements;
}

/** The direction in which a lane turns into a road out, by the angle. */
function turn(lane, exit) {
  const from = ending(lane.points), points = exit.lanes[0].points, to = direction(points[0], points[1]);
  const degrees = Math.atan2(from[0] * to[1] - from[1] * to[0], from[0] * to[0] + from[1] * to[1]) * 180 / Math.PI; // left +
  if (Math.abs(degrees) > 150) return "uturn";
  return Math.abs(degrees) < 40 ? "straight" : degrees > 0 ? "left" : "right";
}
