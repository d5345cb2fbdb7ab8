// The picture on its canvas: picked points are added by a tap and dragged; a magnifier shows the one that is chosen.

import {listen, share} from "../gestures.js";
import {View} from "../view.js";

const NEAR_PX = 20; // of a finger to a point
const GLASS_PX = 132, GLASS_TIMES = 5; // magnifier: its side, and screen px per px of the picture
const PICKED = "#ff2d2d", CHOSEN = "#ffe600", SHOWN = "#00c8ff";

export class Picture {
  /** `on`: picked(u, v), chosen(number), moved(number, u, v), dropped(). */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.view = new View(canvas, [0.05, 40]); // px of the screen per px of the picture; its north is up
    this.on = on;
    this.image = null;
    this.picks = null;
    this.dragged = -1;
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.drag(event));
    listen(canvas, this.view, {tap: (x, y) => this.tap(x, y), hover: () => {}, key: () => false});
    share(canvas, () => this.dragged >= 0);
    new ResizeObserver(() => { this.view.resize(); this.fit(); }).observe(canvas);
    const draw = () => { requestAnimationFrame(draw); this.draw(); };
    draw();
  }

  show(image, picks) {
    [this.image, this.picks] = [image, picks];
    this.fit();
  }

  fit() {
    if (this.image) this.view.fit([[0, -this.image.height], [this.image.width, 0]]);
  }

  screen(u, v) { return [this.view.x(u), this.view.y(-v)]; }

  pixel(x, y) {
    const [u, up] = this.view.toSite(x, y);
    return [u, -up];
  }

  nearest(x, y) {
    const away = this.picks ? this.picks.points.map(({u, v}) => { const [px, py] = this.screen(u, v); return Math.hypot(px - x, py - y); }) : [];
    const number = away.indexOf(Math.min(...away));
    return away[number] < NEAR_PX ? number : -1;
  }

  tap(x, y) {
    if (!this.image) return;
    const [u, v] = this.pixel(x, y);
    if (u > 0 && v > 0 && u < this.image.width && v < this.image.height) this.on.picked(u, v);
  }

  drag(event) {
    const here = [event.offsetX, event.offsetY];
    if (event.type === "pointerdown") {
      this.dragged = event.isPrimary ? this.nearest(...here) : -1;
      if (this.dragged >= 0) { this.from = [here, this.picks.points[this.dragged]]; this.from[1] = [this.from[1].u, this.from[1].v]; this.on.chosen(this.dragged); }
    }
    if (this.dragged < 0) return;
    event.stopImmediatePropagation();
    if (event.type === "pointerdown") this.canvas.setPointerCapture(event.pointerId);
    if (event.type === "pointermove") {
      const [[x, y], [u, v]] = this.from; // the finger covers the point: it moves by as much, and not to the finger
      this.on.moved(this.dragged, u + (here[0] - x) / this.view.scale, v + (here[1] - y) / this.view.scale);
    }
    if (event.type === "pointerup" || event.type === "pointercancel") { this.dragged = -1; this.on.dropped(); }
  }

  draw() {
    if (!this.image || !this.view.width) return;
    const context = this.context, view = this.view;
    view.inPixels(context);
    context.clearRect(0, 0, view.width, view.height);
    this.paint(...this.screen(-0.5, -0.5), view.scale); // the middle of the first pixel is at 0, 0
    for (const landmark of this.picks.landmarks) this.drawLandmark(landmark);
    this.picks.points.forEach((point, i) => this.drawPoint(point, i));
    if (this.picks.point) this.drawGlass(this.picks.point);
  }

  paint(x, y, scale) {
    this.context.imageSmoothingEnabled = scale < 2;
    this.context.drawImage(this.image, x, y, this.image.width * scale, this.image.height * scale);
  }

  drawLandmark(landmark) {
    const pixel = this.picks.pixel(landmark);
    if (!pixel) return;
    const [x, y] = this.screen(...pixel), context = this.context;
    context.strokeStyle = SHOWN;
    context.lineWidth = this.picks.point && this.picks.point.at === landmark.name ? 3 : 1.2;
    context.beginPath();
    context.arc(x, y, 4, 0, 7);
    context.stroke();
  }

  drawPoint({u, v}, number) {
    const context = this.context, [x, y] = this.screen(u, v);
    cross(context, x, y, 9, number === this.picks.chosen ? CHOSEN : PICKED);
    context.font = "700 13px system-ui, sans-serif";
    context.lineWidth = 3;
    context.strokeStyle = "#000";
    context.strokeText(number + 1, x + 8, y - 8);
    context.fillStyle = "#fff";
    context.fillText(number + 1, x + 8, y - 8);
  }

  drawGlass({u, v}) {
    const context = this.context, [x] = this.screen(u, v), side = GLASS_PX;
    const left = x < this.view.width / 2 ? this.view.width - side - 8 : 8, top = 8;
    context.save();
    context.beginPath();
    context.rect(left, top, side, side);
    context.fillStyle = "#000";
    context.fill();
    context.clip();
    const times = GLASS_TIMES * Math.max(1, this.image.width / 1920);
    this.paint(left + side / 2 - (u + 0.5) * times, top + side / 2 - (v + 0.5) * times, times);
    cross(context, left + side / 2, top + side / 2, side, CHOSEN, 1);
    context.restore();
    context.strokeStyle = "#fff";
    context.lineWidth = 2;
    context.strokeRect(left, top, side, side);
  }
}

function cross(context, x, y, size, colour, width = 2) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x - size, y);
  context.lineTo(x + size, y);
  context.moveTo(x, y - size);
  context.lineTo(x, y + size);
  context.stroke();
}
