// The lane map: carriageways, paint, crosswalks. Drawn once per view onto its own canvas.

import {along, direction, ending, hull, last, middle, path, right, shifted} from "./geometry.js";

const EXIT_WIDTH = 3.25; // m, where the map does not say
const PAINT = 0.15; // m
const ZEBRA = 0.5; // m
const ARROW_BACK = 9; // m from the stop line to the tip of a painted arrow

/** One lane ready to draw. */
function prepare(lane, leftmost, link, inbound) {
  const width = lane.width_m || EXIT_WIDTH;
  return {link, inbound, leftmost, width, id: lane.id, type: lane.type, points: lane.points, line: path(lane.points),
    maneuvers: lane.maneuvers || [], connects: lane.connects_to || []};
}

export class Roads {
  constructor(map) {
    const links = map.nodes.flatMap((node) => node.links);
    this.lanes = [...links.map((link) => [link, true]), ...(map.exits || []).map((exit) => [exit, false])]
      .flatMap(([link, inbound]) => link.lanes.map((lane, i) => prepare(lane, i === 0, link.name, inbound)));
    this.junction = path(hull(this.lanes.flatMap(inner)), true);
    this.crosswalks = (map.crosswalks || []).map((crosswalk) => ({...zebra(crosswalk.polygon), phase: crosswalk.phase}));
    this.layer = document.createElement("canvas");
    this.drawn = null;
  }

  /** All points, to fit the view to. */
  everything() { return this.lanes.flatMap((lane) => lane.points); }

  /** A square around the junction with the last metres of the approaches. */
  crossing() {
    const inside = this.lanes.flatMap(inner);
    const [east, north] = middle(inside);
    const reach = 38 + Math.max(...inside.map((p) => Math.hypot(p[0] - east, p[1] - north)));
    return [[east - reach, north - reach], [east + reach, north + reach]];
  }

  laneAt(context, east, north) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    return this.lanes.find((lane) => {
      context.lineWidth = lane.width;
      return context.isPointInStroke(lane.line, east, north);
    });
  }

  draw(context, view, theme) {
    const key = `${view.version} ${theme.asphalt} ${theme.ground}`;
    if (this.drawn !== key) {
      this.layer.width = view.canvas.width;
      this.layer.height = view.canvas.height;
      this.paint(this.layer.getContext("2d"), view, theme);
      this.drawn = key;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.layer, 0, 0);
  }

  paint(context, view, theme) {
    context.fillStyle = theme.ground; // transparent over a picture: the layer is empty, its size was just set
    context.fillRect(0, 0, this.layer.width, this.layer.height);
    view.inMetres(context);
    context.fillStyle = theme.junction;
    context.fill(this.junction);
    for (const lane of this.lanes) {
      context.strokeStyle = lane.type === "bike" ? theme["bike-lane"] : theme.asphalt;
      context.lineWidth = lane.width + 0.02;
      context.stroke(lane.line);
    }
    context.lineWidth = Math.max(PAINT, 0.7 / view.scale);
    for (const lane of this.lanes) this.paintEdges(context, lane, theme);
    for (const crosswalk of this.crosswalks) paintZebra(context, crosswalk, theme);
    if (view.scale > 3) for (const lane of this.lanes) if (lane.inbound) paintArrows(context, lane, theme);
  }

  paintEdges(context, lane, theme) {
    context.strokeStyle = lane.leftmost ? theme.paint : theme["paint-soft"];
    context.setLineDash(lane.leftmost ? [] : [3, 3]);
    context.stroke(path(shifted(lane.points, -lane.width / 2)));
    context.setLineDash([]);
  }
}

/** Both corners of a lane's end at the junction. */
function inner(lane) {
  const ends = shifted(lane.points, lane.width / 2).concat(shifted(lane.points, -lane.width / 2));
  const n = lane.points.length;
  return lane.inbound ? [ends[n - 1], ends[2 * n - 1]] : [ends[0], ends[n]];
}

/** A crosswalk's area and its axis along the longest side, as wide as the stripes are long. */
function zebra(polygon) {
  const sides = polygon.map((point, i) => [point, polygon[(i + 1) % polygon.length]]);
  const longest = sides.reduce((a, b) => (Math.hypot(b[0][0] - b[1][0], b[0][1] - b[1][1]) >
    Math.hypot(a[0][0] - a[1][0], a[0][1] - a[1][1]) ? b : a));
  const unit = direction(...longest), side = right(unit), centre = middle(polygon);
  const reach = (axis) => Math.max(...polygon.map((p) =>
    Math.abs((p[0] - centre[0]) * axis[0] + (p[1] - centre[1]) * axis[1])));
  const half = reach(unit);
  const axis = path([along(centre, unit, -half), along(centre, unit, half)]);
  return {area: path(polygon, true), axis, centre, width: 2 * reach(side)};
}

function paintZebra(context, crosswalk, theme) {
  context.save();
  context.clip(crosswalk.area);
  context.strokeStyle = theme["paint-soft"];
  context.lineWidth = crosswalk.width;
  context.setLineDash([ZEBRA, ZEBRA]);
  context.stroke(crosswalk.axis);
  context.restore();
}

function paintArrows(context, lane, theme) {
  const heading = ending(lane.points);
  const tip = along(last(lane.points), heading, -ARROW_BACK);
  context.strokeStyle = context.fillStyle = theme.paint;
  context.save();
  context.transform(heading[1], -heading[0], heading[0], heading[1], tip[0], tip[1]);
  context.scale(1.1, 1.1);
  context.lineWidth = 0.28;
  for (const maneuver of lane.maneuvers) arrow(context, maneuver);
  context.restore();
}

/** One arrow, 4.5 long, in a frame where x is right and y is forward and the tip of the straight one is (0, 0). */
export function arrow(context, maneuver) {
  const side = {left: -1, right: 1, uturn: -1}[maneuver] || 0;
  const [x, y] = maneuver === "uturn" ? [-1.3, -3.4] : side ? [1.5 * side, -1.6] : [0, 0];
  const [dx, dy] = maneuver === "uturn" ? [0, -1] : side ? [side, 0] : [0, 1];
  context.beginPath();
  context.moveTo(0, -4.5);
  context.lineTo(0, side ? -1.6 : -0.9);
  if (maneuver === "uturn") context.lineTo(-1.3, -1.6);
  context.lineTo(x - dx * 0.9, y - dy * 0.9);
  context.stroke();
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - dx * 1.1 + dy * 0.6, y - dy * 1.1 + dx * 0.6);
  context.lineTo(x - dx * 1.1 - dy * 0.6, y - dy * 1.1 - dx * 0.6);
  context.fill();
}
