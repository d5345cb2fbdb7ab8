// The points picked in a camera's picture, with their places; kept by the browser until the camera is calibrated.

const NEAR = 0.12; // of the picture's width: so far off a present model may show a point of the lane map

const key = (camera) => `picked ${camera}`;

export class Picks {
  /** `view`: {camera, size, landmarks: [{name, east_m, north_m, u, v}]} as the server tells it. */
  constructor(view) {
    this.camera = view.camera;
    this.size = view.size;
    this.landmarks = view.landmarks;
    this.points = JSON.parse(sessionStorage.getItem(key(this.camera)) || "[]");
    this.chosen = this.points.length - 1;
    this.picture = null; // width and height, px
  }

  get point() { return this.points[this.chosen] || null; }

  keep() { sessionStorage.setItem(key(this.camera), JSON.stringify(this.points)); }

  /** The pixel of the picture at which the present model shows a point of the lane map; null where it does not. */
  pixel(landmark) {
    if (landmark.u_px === null || !this.size || !this.picture) return null;
    return [landmark.u_px * this.picture[0] / this.size[0], landmark.v_px * this.picture[1] / this.size[1]];
  }

  add(u, v) {
    const at = this.suggestion(u, v);
    this.points.push({u: tenth(u), v: tenth(v), at: "", east_m: null, north_m: null, height_m: 0});
    this.chosen = this.points.length - 1;
    if (at) this.snap(at);
    this.keep();
  }

  /** The free point of the lane map that the present model shows nearest to a pixel. */
  suggestion(u, v) {
    const used = new Set(this.points.map((point) => point.at));
    const near = this.landmarks.filter(({name}) => !used.has(name)).map((landmark) => [landmark, this.pixel(landmark)]).filter(([, pixel]) => pixel)
      .map(([landmark, [x, y]]) => [landmark, Math.hypot(x - u, y - v)]).sort((one, other) => one[1] - other[1])[0];
    return near && near[1] < NEAR * this.picture[0] ? near[0] : null;
  }

  snap(landmark) {
    Object.assign(this.point, {at: landmark.name, east_m: landmark.east_m, north_m: landmark.north_m, height_m: 0});
    this.keep();
  }

  place(east, north) {
    Object.assign(this.point, {at: "", east_m: hundredth(east), north_m: hundredth(north)});
    this.keep();
  }

  move(number, u, v) {
    Object.assign(this.points[number], {u: tenth(u), v: tenth(v)});
    this.keep();
  }

  remove(number) {
    this.points.splice(number, 1);
    this.chosen = Math.min(this.chosen, this.points.length - 1);
    this.keep();
  }

  /** The points as the server takes them; those without a place are left out. */
  told() {
    return this.points.map((point, i) => ({...point, name: String(i + 1)})).filter(({east_m, north_m}) => east_m !== null && north_m !== null);
  }
}

const tenth = (value) => Math.round(value * 10) / 10;
const hundredth = (value) => Math.round(value * 100) / 100;
