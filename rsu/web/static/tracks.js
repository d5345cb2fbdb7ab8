// Road users on the map: boxes to scale, uncertainty, trails, labels.

import {Motion} from "./motion.js";
import {kmh, sourceMark} from "./words.js";

const LABEL_FROM = 2.2; // px per m
const SMALLEST = [4.5, 8]; // px
const FINGER = 14; // px

export class Tracks {
  constructor() { this.motions = new Map(); }

  /** Take the tracks of a new snapshot. */
  update(tracks, now) {
    for (const [id, track] of Object.entries(tracks)) {
      const motion = this.motions.get(id);
      if (motion) motion.update(track, now);
      else this.motions.set(id, new Motion(track, now));
    }
    for (const id of this.motions.keys()) if (!(id in tracks)) this.motions.delete(id);
  }

  /** Id of the road user at a pixel. */
  nearest(view, x, y, now) {
    let best = null, least = Infinity;
    for (const [id, motion] of this.motions) {
      const [east, north] = motion.position(now);
      const distance = Math.hypot(view.x(east) - x, view.y(north) - y);
      if (distance < Math.max(FINGER, (motion.track.length_m * view.scale) / 2) && distance < least) {
        [best, least] = [id, distance];
      }
    }
    return best;
  }

  draw(context, view, theme, {now, devices, selected, hovered}) {
    view.inPixels(context);
    const shown = [...this.motions].map(([id, motion]) => {
      const [east, north] = motion.position(now);
      return {id, motion, track: motion.track, x: view.x(east), y: view.y(north)};
    }).filter(({x, y}) => x > -50 && y > -50 && x < view.width + 50 && y < view.height + 50);
    for (const one of shown) drawTrail(context, view, theme, one);
    for (const one of shown) drawBody(context, view, theme, one);
    for (const one of shown) drawEllipse(context, view, theme, one);
    const chosen = shown.find(({id}) => id === selected);
    if (chosen) drawRing(context, view, theme, chosen);
    if (view.scale < LABEL_FROM) return;
    const first = (one) => (one.id === selected || one.id === hovered ? 2 : one.track.speed_mps > 0.5 ? 1 : 0);
    drawLabels(context, view, theme, shown.sort((a, b) => first(b) - first(a)), devices);
  }
}

const shade = (theme, track) => theme[track.kind] || theme.unknown;

function drawTrail(context, view, theme, {motion, track, x, y}) {
  context.beginPath();
  for (const [east, north] of motion.trail) context.lineTo(view.x(east), view.y(north));
  context.lineTo(x, y);
  context.globalAlpha = 0.4;
  context.strokeStyle = shade(theme, track);
  context.lineWidth = 1.6;
  context.stroke();
  context.globalAlpha = 1;
}

function drawEllipse(context, view, theme, {track, x, y}) {
  const [major, minor, orientation] = track.ellipse || [];
  if (major == null || minor == null) return;
  context.beginPath();
  context.ellipse(x, y, major * view.scale, minor * view.scale, (((orientation || 0) - 90) * Math.PI) / 180, 0, 7);
  context.strokeStyle = theme.ink;
  context.globalAlpha = 0.7;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
}

function drawBody(context, view, theme, {track, x, y}) {
  context.fillStyle = shade(theme, track);
  context.strokeStyle = theme.panel;
  context.lineWidth = 1;
  context.beginPath();
  if (track.kind === "pedestrian" || track.heading_deg == null) {
    context.arc(x, y, Math.max(4, (track.width_m * view.scale) / 2), 0, 7);
    context.fill();
    context.stroke();
    return;
  }
  const width = Math.max(SMALLEST[0], track.width_m * view.scale), length = Math.max(SMALLEST[1], track.length_m * view.scale);
  const nose = Math.min(length / 3, width / 2.5);
  context.save();
  context.translate(x, y);
  context.rotate((track.heading_deg * Math.PI) / 180);
  context.moveTo(-width / 2, length / 2);
  context.lineTo(-width / 2, nose - length / 2);
  context.lineTo(-width / 4, -length / 2);
  context.lineTo(width / 4, -length / 2);
  context.lineTo(width / 2, nose - length / 2);
  context.lineTo(width / 2, length / 2);
  context.closePath();
  context.fill();
  context.stroke();
  if (width > 7) drawGlass(context, theme, track, width, length, nose);
  context.restore();
}

/** Windscreen; a truck's cab, a bus's line of windows. */
function drawGlass(context, theme, track, width, length, nose) {
  context.globalAlpha = 0.55;
  context.fillStyle = theme.panel;
  const front = nose - length / 2;
  context.fillRect(-width * 0.34, front, width * 0.68, Math.min(length * 0.12, width * 0.35));
  if (track.kind === "bus") context.fillRect(-width * 0.08, front + width * 0.7, width * 0.16, length * 0.6);
  if (track.kind === "truck") context.fillRect(-width / 2, front + width * 0.75, width, Math.max(1, width * 0.1));
  context.globalAlpha = 1;
}

function drawRing(context, view, theme, {track, x, y}) {
  context.beginPath();
  context.arc(x, y, Math.max(14, track.length_m * view.scale * 0.62), 0, 7);
  context.strokeStyle = theme.accent;
  context.lineWidth = 2.5;
  context.stroke();
}

/** Labels, most wanted first; those that would cover another one are left out. */
function drawLabels(context, view, theme, wanted, devices) {
  const taken = [];
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineJoin = "round";
  for (const one of wanted) {
    const {track, x, y} = one;
    const reach = track.kind === "pedestrian" ? 7 : 5 + Math.max(SMALLEST[1], track.width_m * view.scale) / 2;
    const marks = [...new Set((track.sources || []).map((name) => sourceMark(name, devices)))].sort().join("");
    const parts = [[`${track.id}`, theme.muted, 400], [` ${kmh(track.speed_mps)} `, theme.ink, 700], [marks, theme.muted, 400]];
    const box = [x + reach, y - reach - 7, 7 * (parts[0][0].length + parts[1][0].length + marks.length) + 2, 13];
    if (taken.some((other) => overlaps(box, other))) continue;
    taken.push(box);
    drawText(context, theme, parts, box[0], box[1] + 7);
  }
}

const overlaps = (a, b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];

function drawText(context, theme, parts, x, y) {
  context.strokeStyle = theme.ground;
  context.lineWidth = 3;
  for (const [text, fill, weight] of parts) {
    context.font = `${weight} 11px system-ui, sans-serif`;
    context.fillStyle = fill;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
    x += context.measureText(text).width;
  }
}
