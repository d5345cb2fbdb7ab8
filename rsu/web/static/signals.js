// Signal heads: phases of the SPAT message to the approaches of the lane map.

import {along, ending, last, middle, right} from "./geometry.js";
import {arrow} from "./roads.js";
import {lamp, values} from "./words.js";

const LAMPS = ["red", "yellow", "green"]; // of a signal head, from the left
const BLINK_MS = 500;
const BAR_M = 0.55;
const ROW_PX = 17;
const WIDTH_PX = 74;

/** Approaches of the map that have signals: their stop lines, and a row for each phase. */
export function approaches(map) {
  const links = map.nodes.flatMap((node) => node.links);
  const crossings = (map.crosswalks || []).filter((crosswalk) => crosswalk.phase != null);
  return links.map((link) => approach(link, crossings)).filter((found) => found.rows.length);
}

function approach(link, crossings) {
  const connects = link.lanes.flatMap((lane) => lane.connects_to || []).filter((c) => c.phase != null);
  const rows = values("movements").flatMap((movement) => [...new Set(connects.filter((c) => c.maneuver === movement)
    .map((c) => c.phase))].map((phase) => ({movement, phase})));
  const ends = link.lanes.map((lane) => last(lane.points)), centre = middle(ends);
  const near = nearest(crossings, centre);
  if (near && rows.length) rows.push({movement: "crosswalk", phase: near.phase});
  const outer = link.lanes[link.lanes.length - 1];
  const heading = ending(outer.points), side = right(heading);
  const bars = link.lanes.flatMap((lane) => stopBars(lane, side));
  return {name: link.name, heading, side, rows, bars, corner: along(last(outer.points), side, outer.width_m / 2 + 2)};
}

function nearest(crossings, point) {
  const distance = (crosswalk) => {
    const [east, north] = middle(crosswalk.polygon);
    return Math.hypot(east - point[0], north - point[1]);
  };
  return crossings.reduce((best, c) => (best && distance(best) < distance(c) ? best : c), null);
}

/** A lane's stop line, in equal parts for the phases that rule the lane. */
function stopBars(lane, side) {
  const phases = [...new Set((lane.connects_to || []).map((c) => c.phase).filter((phase) => phase != null))];
  const part = lane.width_m / phases.length;
  const before = along(last(lane.points), ending(lane.points), -BAR_M); // crosswalks often begin right at the end
  const start = along(before, side, -lane.width_m / 2);
  return phases.map((phase, i) => ({phase, from: along(start, side, i * part), to: along(start, side, (i + 1) * part)}));
}

export const seconds = (head) => (head && head.countdown_s != null ? String(Math.ceil(head.countdown_s)) : "–");

/** Draw stop lines and, beside each approach, its signal heads. */
export function drawSignals(context, view, theme, list, roads, heads, now) {
  const lit = now % (2 * BLINK_MS) < BLINK_MS;
  view.inMetres(context);
  for (const crosswalk of roads.crosswalks) drawCrosswalk(context, view, theme, crosswalk, heads[crosswalk.phase], lit);
  for (const one of list) for (const bar of one.bars) drawBar(context, view, theme, bar, heads[bar.phase], lit);
  view.inPixels(context);
  for (const one of list) drawPanel(context, view, theme, one, heads, lit);
}

function colour(theme, head, lit) {
  const found = lamp(head && head.light);
  if (!found) return theme.muted;
  return found.flashes && !lit ? theme.asphalt : theme[found.lamp];
}

function drawBar(context, view, theme, bar, head, lit) {
  context.strokeStyle = colour(theme, head, lit);
  context.lineWidth = Math.max(BAR_M, 3 / view.scale);
  context.beginPath();
  context.moveTo(...bar.from);
  context.lineTo(...bar.to);
  context.stroke();
}

function drawCrosswalk(context, view, theme, crosswalk, head, lit) {
  if (!head) return;
  context.strokeStyle = colour(theme, head, lit);
  context.lineWidth = Math.max(0.25, 1.5 / view.scale);
  context.stroke(crosswalk.area);
}

/** A panel in the corner right of the stop line, outside both roads. */
function drawPanel(context, view, theme, one, heads, lit) {
  const height = ROW_PX * one.rows.length + 6;
  const [sideX, sideY] = [one.side[0], -one.side[1]], [backX, backY] = [-one.heading[0], one.heading[1]];
  const push = (x, y) => (WIDTH_PX / 2) * Math.abs(x) + (height / 2) * Math.abs(y);
  const toSide = push(sideX, sideY), back = push(backX, backY);
  const left = view.x(one.corner[0]) + sideX * toSide + backX * back - WIDTH_PX / 2;
  const top = view.y(one.corner[1]) + sideY * toSide + backY * back - height / 2;
  context.globalAlpha = 0.92;
  context.fillStyle = theme.panel;
  rounded(context, left, top, WIDTH_PX, height, 5);
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.stroke();
  one.rows.forEach((row, i) => {
    drawHead(context, theme, one, row, heads[row.phase], left + 5, top + 3 + ROW_PX * (i + 0.5), lit);
  });
}

function drawHead(context, theme, one, row, head, x, y, lit) {
  const found = lamp(head && head.light);
  LAMPS.forEach((lampAt, place) => {
    const on = found && found.lamp === lampAt && (lit || !found.flashes);
    context.beginPath();
    context.arc(x + 4 + 8.5 * place, y, on ? 4 : 2, 0, 7);
    context.fillStyle = on ? theme[lampAt] : theme.asphalt;
    context.fill();
  });
  drawSymbol(context, theme, one, row.movement, x + 36, y);
  context.fillStyle = theme.ink;
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(seconds(head), x + WIDTH_PX - 10, y + 0.5);
}

/** The movement as it lies on the map; a crosswalk as three stripes. */
function drawSymbol(context, theme, one, movement, x, y) {
  context.save();
  context.translate(x, y);
  context.strokeStyle = context.fillStyle = theme.ink;
  if (movement === "crosswalk") {
    for (const dx of [-4, 0, 4]) context.fillRect(dx - 1.2, -5, 2.4, 10);
  } else {
    context.rotate(Math.atan2(one.heading[0], one.heading[1]));
    context.scale(3.4, -3.4);
    context.translate(0, 2.3);
    context.lineWidth = 0.55;
    arrow(context, movement);
  }
  context.restore();
}

export function rounded(context, x, y, width, height, radius) {
  context.beginPath();
  context.moveTo(x + radius, y);
  context.arcTo(x + width, y, x + width, y + height, radius);
  context.arcTo(x + width, y + height, x, y + height, radius);
  context.arcTo(x, y + height, x, y, radius);
  context.arcTo(x, y, x + width, y, radius);
  context.closePath();
}
