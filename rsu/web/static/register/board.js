// The crossing with one sensor on it: dragged by its place, turned by its arrow; its detections as they would lie then.

import {listen, share} from "../gestures.js";
import {Roads} from "../roads.js";
import {onThemeChange, readTheme} from "../theme.js";
import {View} from "../view.js";
import {ahead, moved, towards} from "./stand.js";

const NEAR_PX = 22;
const ARROW_M = 18;
const BEFORE = "#8a8f98", AFTER = "#d6336c";

export class Board {
  /** `on`: moved(mount) while dragged. */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.view = new View(canvas);
    this.on = on;
    this.theme = readTheme();
    this.roads = null;
    this.held = null; // what is dragged: "place" or "arrow"
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.drag(event));
    listen(canvas, this.view, {tap: () => {}, hover: () => {}, key: () => false});
    share(canvas, () => this.held !== null);
    onThemeChange(() => { this.theme = readTheme(); });
    new ResizeObserver(() => this.view.resize()).observe(canvas);
    const draw = () => { requestAnimationFrame(draw); this.draw(); };
    draw();
  }

  lanes(map) {
    this.roads = new Roads(map);
    this.view.fit(this.roads.crossing());
  }

  /** Show a sensor: as the site has it, as it would stand, and the places [east, north] that it has reported. */
  show(before, after, places) { [this.before, this.after, this.places] = [before, after, places]; }

  pixel([east, north]) { return [this.view.x(east), this.view.y(north)]; }

  drag(event) {
    if (!this.after) return;
    const here = [event.offsetX, event.offsetY];
    if (event.type === "pointerdown" && event.isPrimary) {
      const away = (place) => { const [x, y] = this.pixel(place); return Math.hypot(x - here[0], y - here[1]); };
      const [place, arrow] = [away([this.after.east_m, this.after.north_m]), away(ahead(this.after, ARROW_M))];
      this.held = Math.min(place, arrow) > NEAR_PX ? null : place < arrow ? "place" : "arrow";
    }
    if (this.held === null) return;
    event.stopImmediatePropagation();
    if (event.type === "pointerdown") this.canvas.setPointerCapture(event.pointerId);
    if (event.type === "pointermove") this.on.moved(this.changed(this.view.toSite(...here)));
    if (event.type === "pointerup" || event.type === "pointercancel") this.held = null;
  }

  changed([east, north]) {
    if (this.held === "arrow") return {...this.after, yaw_deg: Math.round(towards(this.after, [east, north]) * 100) / 100};
    return {...this.after, east_m: Math.round(east * 100) / 100, north_m: Math.round(north * 100) / 100};
  }

  draw() {
    if (!this.roads || !this.view.width) return;
    this.roads.draw(this.context, this.view, this.theme);
    if (!this.after) return;
    this.view.inPixels(this.context);
    const differs = JSON.stringify(this.before) !== JSON.stringify(this.after);
    this.drawSensor(this.before, BEFORE, false);
    if (differs) this.drawPlaces(this.places, BEFORE);
    this.drawSensor(this.after, AFTER, true);
    this.drawPlaces(this.places.map((place) => moved(place, this.before, this.after)), AFTER);
  }

  drawPlaces(places, colour) {
    this.context.fillStyle = colour;
    for (const place of places) {
      const [x, y] = this.pixel(place);
      this.context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
  }

  drawSensor(mount, colour, handles) {
    const context = this.context, [x, y] = this.pixel([mount.east_m, mount.north_m]), [tipX, tipY] = this.pixel(ahead(mount, ARROW_M));
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = handles ? 3 : 2;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(tipX, tipY);
    context.stroke();
    if (!handles) return;
    for (const [left, top, radius] of [[x, y, 9], [tipX, tipY, 7]]) {
      context.beginPath();
      context.arc(left, top, radius, 0, 7);
      context.fill();
      context.strokeStyle = this.theme.panel;
      context.stroke();
    }
  }
}
