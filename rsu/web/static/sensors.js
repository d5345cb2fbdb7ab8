// Every sensor's field of view and its own detections, in a colour of its own; hollow: no road user took the detection.

const ASK_MS = 200;
const KEPT_MS = 1500; // a detection fades within this

export class Sensors {
  constructor() {
    this.fields = null;
    this.only = null; // one sensor alone: its sheet is open
    this.on = false;
    this.marks = []; // {device, east, north, taken, at}
    setInterval(() => this.ask(), ASK_MS);
  }

  get active() { return this.on || this.only !== null; }

  /** Fields of view by device, fetched with the lane map. */
  async load() {
    this.fields = Object.fromEntries((await (await fetch("api/sensors")).json()).map((field) => [field.device, field]));
  }

  async ask() {
    if (!this.active || document.hidden || this.asking) return;
    this.asking = true;
    try {
      const answer = await fetch("api/seen");
      if (answer.ok) this.take(await answer.json(), performance.now());
    } catch (error) {
      this.marks = [];
    } finally {
      this.asking = false;
    }
  }

  take({stamp_ns: stamp, sights}, now) {
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    this.marks = this.marks.filter(({at}) => now - at < KEPT_MS);
    for (const {device, places_m: places} of sights) {
      for (const [east, north, track] of places) this.marks.push({device, east, north, taken: track > 0, at: now});
    }
  }

  colour(device) {
    const place = Object.keys(this.fields || {}).indexOf(device);
    return `hsl(${(place * 137) % 360}, 75%, ${matchMedia("(prefers-color-scheme: dark)").matches ? 65 : 40}%)`;
  }

  draw(context, view, now) {
    if (!this.active || !this.fields) return;
    const wanted = (device) => this.only === null || this.only === device;
    view.inPixels(context);
    context.save();
    for (const field of Object.values(this.fields)) if (wanted(field.device)) this.drawField(context, view, field);
    for (const mark of this.marks) {
      const age = now - mark.at;
      if (age < KEPT_MS && wanted(mark.device)) drawMark(context, view.x(mark.east), view.y(mark.north), this.colour(mark.device), mark.taken, 1 - age / KEPT_MS);
    }
    context.restore();
  }

  drawField(context, view, {device, east_m: east, north_m: north, yaw_deg: yaw, range_m: range, near_m: near, width_deg: width}) {
    const x = view.x(east), y = view.y(north), whole = width >= 360;
    const [from, to] = [-width / 2, width / 2].map((side) => ((yaw + side - 90) * Math.PI) / 180);
    context.beginPath();
    context.arc(x, y, range * view.scale, from, to);
    if (near > 0 || whole) context.arc(x, y, near * view.scale, to, from, true);
    else context.lineTo(x, y);
    context.closePath();
    context.fillStyle = context.strokeStyle = this.colour(device);
    context.globalAlpha = 0.06;
    context.fill();
    context.globalAlpha = 0.8;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(x, y, 4, 0, 7);
    context.fill();
    context.font = "600 11px system-ui, sans-serif";
    context.fillText(device, x + 7, y + 4);
  }
}

function drawMark(context, x, y, colour, taken, alpha) {
  context.globalAlpha = alpha;
  context.beginPath();
  context.rect(x - 2.5, y - 2.5, 5, 5);
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = 1.5;
  if (taken) context.fill();
  else context.stroke();
  context.globalAlpha = 1;
}
