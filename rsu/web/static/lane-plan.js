// The lane map on the canvas: the chosen part with handles that can be dragged.

import {middle, path} from "./geometry.js";
import {listen, share} from "./gestures.js";
import {Roads} from "./roads.js";
import {onThemeChange, readTheme} from "./theme.js";
import {View} from "./view.js";

const NEAR_PX = 18; // of a finger to a handle
const LINE_PX = 14; // and to a line

export class Plan {
  /** `on`: choose(part), move(point number, [east, north]), moved(), place([east, north]) and key(name) -> whether of use. */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.on = on;
    this.view = new View(canvas);
    this.theme = readTheme();
    this.roads = null;
    this.parts = [];
    this.chosen = null;
    this.dragged = -1;
    this.under = null; // the picture: {bitmap, matrix to metres, strength}
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.drag(event));
    listen(canvas, this.view, {tap: (x, y) => this.tap(x, y), hover: () => {}, key: on.key});
    share(canvas, () => this.dragged >= 0);
    new ResizeObserver(() => this.view.resize()).observe(canvas);
    onThemeChange(() => { this.theme = readTheme(); });
    const draw = () => { requestAnimationFrame(draw); this.draw(); };
    draw();
  }

  /** Show a map: its parts, and the one that is chosen. */
  show(map, parts, chosen) {
    [this.roads, this.parts, this.chosen] = [new Roads(map), parts, chosen];
  }

  /** Lay a picture under the map; null: none. */
  lay(under) {
    this.under = under;
    this.view.version++;
  }

  crossing() { this.view.fit(this.roads.crossing()); }
  everything() { this.view.fit(this.roads.everything()); }

  points(part) { return part.owner[part.points]; }
  pixel([east, north]) { return [this.view.x(east), this.view.y(north)]; }

  handle(x, y) {
    if (!this.chosen) return -1;
    const away = this.points(this.chosen).map((point) => { const [px, py] = this.pixel(point); return Math.hypot(px - x, py - y); });
    const nearest = away.indexOf(Math.min(...away));
    return away[nearest] < NEAR_PX ? nearest : -1;
  }

  drag(event) {
    const [x, y] = [event.offsetX, event.offsetY];
    if (event.type === "pointerdown") this.dragged = event.isPrimary ? this.handle(x, y) : -1;
    if (this.dragged < 0) return;
    event.stopImmediatePropagation();
    if (event.type === "pointerdown") this.canvas.setPointerCapture(event.pointerId);
    if (event.type === "pointermove") this.on.move(this.dragged, this.view.toSite(x, y).map((metres) => Math.round(metres * 100) / 100));
    if (event.type === "pointerup" || event.type === "pointercancel") { this.dragged = -1; this.on.moved(); }
  }

  tap(x, y) {
    if (this.on.place(this.view.toSite(x, y))) return;
    this.view.inPixels(this.context);
    this.context.lineWidth = 2 * LINE_PX;
    const hit = (part) => {
      const line = path(this.points(part).map((point) => this.pixel(point)), part.closed);
      return this.context.isPointInStroke(line, x * this.view.ratio, y * this.view.ratio);
    };
    const found = this.parts.filter((part) => part.kind !== "road").find(hit);
    if (found) this.on.choose(found);
  }

  draw() {
    if (!this.roads || !this.view.width) return;
    this.drawGround();
    for (const part of this.parts) if (part.kind === "zone") this.drawZone(part);
    if (!this.chosen) return;
    const context = this.context, points = this.points(this.chosen).map((point) => this.pixel(point));
    this.view.inPixels(context);
    context.strokeStyle = this.theme.accent;
    context.lineWidth = 3;
    context.stroke(path(points, this.chosen.closed));
    points.forEach(([x, y], i) => this.drawHandle(x, y, this.chosen.stop && i === points.length - 1));
  }

  /** The roads, on the picture where there is one. */
  drawGround() {
    const context = this.context;
    if (!this.under) { this.roads.draw(context, this.view, this.theme); return; }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.theme.ground;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.view.inMetres(context);
    context.transform(...this.under.matrix);
    context.drawImage(this.under.bitmap, 0, 0);
    context.globalAlpha = 1 - this.under.strength;
    this.roads.draw(context, this.view, {...this.theme, ground: "transparent"});
    context.globalAlpha = 1;
  }

  drawZone(part) {
    const context = this.context, outline = path(this.points(part).map((point) => this.pixel(point)), true);
    this.view.inPixels(context);
    context.fillStyle = context.strokeStyle = this.theme[part.key.startsWith("events") ? "warn" : "bus"];
    context.globalAlpha = 0.18;
    context.fill(outline);
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.setLineDash([7, 5]);
    context.stroke(outline);
    context.setLineDash([]);
    const [x, y] = this.pixel(middle(this.points(part)));
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText(part.owner.name, x, y);
  }

  drawHandle(x, y, stop) {
    const context = this.context, size = stop ? 9 : 7;
    context.beginPath();
    if (stop) context.rect(x - size, y - size, 2 * size, 2 * size);
    else context.arc(x, y, size, 0, 7);
    context.fillStyle = stop ? this.theme.alarm : this.theme.panel;
    context.fill();
    context.stroke();
  }
}
