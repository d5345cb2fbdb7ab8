// The lane map beside the picture: the place of the chosen point is tapped, and snaps to corners of lanes and crosswalks.

import {listen, share} from "../gestures.js";
import {Roads} from "../roads.js";
import {onThemeChange, readTheme} from "../theme.js";
import {View} from "../view.js";

const SNAP_PX = 16;

export class Places {
  /** `on`: snapped(landmark), placed(east, north). */
  constructor(canvas, on) {
    this.context = canvas.getContext("2d");
    this.view = new View(canvas);
    this.on = on;
    this.theme = readTheme();
    this.roads = null;
    this.picks = null;
    listen(canvas, this.view, {tap: (x, y) => this.tap(x, y), hover: () => {}, key: () => false});
    share(canvas, () => false);
    onThemeChange(() => { this.theme = readTheme(); });
    new ResizeObserver(() => this.view.resize()).observe(canvas);
    const draw = () => { requestAnimationFrame(draw); this.draw(); };
    draw();
  }

  show(map, picks) {
    [this.roads, this.picks] = [new Roads(map), picks];
    this.view.fit(this.roads.crossing());
  }

  screen(east, north) { return [this.view.x(east), this.view.y(north)]; }

  tap(x, y) {
    if (!this.picks || !this.picks.point) return;
    const away = this.picks.landmarks.map(({east_m, north_m}) => { const [px, py] = this.screen(east_m, north_m); return Math.hypot(px - x, py - y); });
    const number = away.indexOf(Math.min(...away));
    if (away[number] < SNAP_PX) this.on.snapped(this.picks.landmarks[number]);
    else this.on.placed(...this.view.toSite(x, y));
  }

  draw() {
    if (!this.roads || !this.view.width) return;
    const context = this.context;
    this.roads.draw(context, this.view, this.theme);
    this.view.inPixels(context);
    context.lineWidth = 1.2;
    context.strokeStyle = "#00a0d0";
    for (const {east_m, north_m} of this.picks.landmarks) this.ring(...this.screen(east_m, north_m), 3.5);
    this.picks.points.forEach((point, i) => point.east_m !== null && this.drawPoint(point, i));
  }

  ring(x, y, radius) {
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 7);
    this.context.stroke();
  }

  drawPoint({east_m: east, north_m: north}, number) {
    const context = this.context, [x, y] = this.screen(east, north), chosen = number === this.picks.chosen;
    context.beginPath();
    context.arc(x, y, chosen ? 7 : 5, 0, 7);
    context.fillStyle = chosen ? "#ffe600" : "#ff2d2d";
    context.fill();
    context.font = "700 13px system-ui, sans-serif";
    context.lineWidth = 3;
    context.strokeStyle = "#000";
    context.strokeText(number + 1, x + 8, y - 6);
    context.fillStyle = "#fff";
    context.fillText(number + 1, x + 8, y - 6);
  }
}
