// The part of the site on the canvas: site metres (east, north) to pixels and back.

const SCALE_MIN = 0.5; // px per m
const SCALE_MAX = 80;

export class View {
  /** `limits`: least and greatest scale, px per m. */
  constructor(canvas, limits = [SCALE_MIN, SCALE_MAX]) {
    this.canvas = canvas;
    this.limits = limits;
    this.east = 0; // of the canvas's middle
    this.north = 0;
    this.scale = 4;
    this.version = 0; // counts changes, for layers that are drawn ahead
    this.resize();
  }

  /** Take the size the style sheet gives the canvas. */
  resize() {
    const box = this.canvas.getBoundingClientRect();
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.round(box.width * this.ratio);
    this.canvas.height = Math.round(box.height * this.ratio);
    this.version++;
  }

  x(east) { return this.width / 2 + (east - this.east) * this.scale; }
  y(north) { return this.height / 2 - (north - this.north) * this.scale; }
  toSite(x, y) {
    return [this.east + (x - this.width / 2) / this.scale, this.north - (y - this.height / 2) / this.scale];
  }

  /** Show all points. */
  fit(points) {
    const easts = points.map((p) => p[0]), norths = points.map((p) => p[1]);
    const [west, east] = [Math.min(...easts), Math.max(...easts)];
    const [south, north] = [Math.min(...norths), Math.max(...norths)];
    this.east = (west + east) / 2;
    this.north = (south + north) / 2;
    this.rescale(Math.min(this.width / (east - west), this.height / (north - south)));
  }

  /** Move just so far that a place can be seen well. */
  show([east, north]) {
    const inside = 0.42; // of the canvas, from its middle
    const dx = (east - this.east) * this.scale, dy = (north - this.north) * this.scale;
    if (Math.abs(dx) > inside * this.width || Math.abs(dy) > inside * this.height) this.pan(-dx, dy);
  }

  pan(dx, dy) {
    this.east -= dx / this.scale;
    this.north += dy / this.scale;
    this.version++;
  }

  /** Zoom so that the place at a pixel stays there. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [east, north] = this.toSite(x, y);
    this.rescale(this.scale * factor);
    this.east = east - (x - this.width / 2) / this.scale;
    this.north = north + (y - this.height / 2) / this.scale;
  }

  rescale(scale) {
    this.scale = Math.min(this.limits[1], Math.max(this.limits[0], scale));
    this.version++;
  }

  /** Draw in CSS pixels from here on. */
  inPixels(context) { context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0); }

  /** Draw in site metres from here on, north up. */
  inMetres(context) {
    const scale = this.scale * this.ratio;
    context.setTransform(scale, 0, 0, -scale, this.x(0) * this.ratio, this.y(0) * this.ratio);
  }
}
