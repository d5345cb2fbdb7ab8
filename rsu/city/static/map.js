// A map of boxes and road users: longitude and latitude on a plane, metres alike in both directions.

const STEP = 1.25;
const EARTH = 111320; // metres a degree of latitude

export class CityMap {
  constructor(canvas, choose) {
    this.canvas = canvas;
    this.choose = choose;
    this.boxes = [];
    this.users = [];
    this.vehicles = []; // automated ones, as rings
    this.chosen = null;
    this.middle = null; // longitude, latitude
    this.scale = 1; // pixels a metre
    this.listen();
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? STEP : 1 / STEP);
    }, { passive: false });
    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      held = [event.clientX, event.clientY, 0];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      this.move(event.clientX - held[0], event.clientY - held[1]);
      held = [event.clientX, event.clientY, held[2] + Math.abs(event.clientX - held[0]) + Math.abs(event.clientY - held[1])];
    });
    canvas.addEventListener("pointerup", (event) => {
      if (held && held[2] < 4) this.pick(event.offsetX, event.offsetY);
      held = null;
    });
    const keys = {
      "+": () => this.zoom(STEP), "=": () => this.zoom(STEP), "-": () => this.zoom(1 / STEP),
      ArrowLeft: () => this.move(40, 0), ArrowRight: () => this.move(-40, 0),
      ArrowUp: () => this.move(0, 40), ArrowDown: () => this.move(0, -40),
    };
    canvas.addEventListener("keydown", (event) => {
      if (!(event.key in keys)) return;
      event.preventDefault();
      keys[event.key]();
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  show(boxes, users, vehicles, chosen) {
    [this.boxes, this.users, this.vehicles, this.chosen] = [boxes.filter((box) => box.place), users, vehicles, chosen];
    if (!this.middle && this.boxes.length) this.fit();
    this.draw();
  }

  fit() {
    const east = this.boxes.map((box) => box.place[0]);
    const north = this.boxes.map((box) => box.place[1]);
    this.middle = [(Math.min(...east) + Math.max(...east)) / 2, (Math.min(...north) + Math.max(...north)) / 2];
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    const wide = (Math.max(...east) - Math.min(...east)) * this.parallel() + 400;
    const high = (Math.max(...north) - Math.min(...north)) * EARTH + 400;
    this.scale = Math.min(width / wide, height / high);
  }

  parallel() {
    return EARTH * Math.cos((this.middle[1] * Math.PI) / 180);
  }

  at(longitude, latitude) {
    return [
      this.canvas.clientWidth / 2 + (longitude - this.middle[0]) * this.parallel() * this.scale,
      this.canvas.clientHeight / 2 - (latitude - this.middle[1]) * EARTH * this.scale,
    ];
  }

  area() {
    if (!this.middle) return "-180,-90,180,90";
    const wide = this.canvas.clientWidth / 2 / this.scale / this.parallel();
    const high = this.canvas.clientHeight / 2 / this.scale / EARTH;
    const [east, north] = this.middle;
    return [east - wide, north - high, east + wide, north + high].map((each) => each.toFixed(7)).join(",");
  }

  zoom(factor) {
    this.scale = Math.min(50, Math.max(1e-4, this.scale * factor));
    this.draw();
  }

  move(right, down) {
    if (!this.middle) return;
    this.middle = [this.middle[0] - right / this.scale / this.parallel(), this.middle[1] + down / this.scale / EARTH];
    this.draw();
  }

  look(box) {
    if (!box.place) return;
    this.middle = [...box.place];
    this.scale = Math.max(this.scale, 2);
    this.draw();
  }

  pick(x, y) {
    if (!this.middle) return;
    const far = (box) => Math.hypot(...this.at(...box.place).map((each, axis) => each - [x, y][axis]));
    const near = this.boxes.filter((box) => far(box) < 16).sort((one, other) => far(one) - far(other));
    if (near.length) this.choose(near[0].box);
  }

  draw() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    [canvas.width, canvas.height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    if (!this.middle) return;
    const style = getComputedStyle(document.documentElement);
    const probe = (name) => style.getPropertyValue(name);
    const paint = document.createElement("span");
    document.body.append(paint);
    const colour = (name) => {
      paint.style.color = probe(name);
      return getComputedStyle(paint).color;
    };
    const colours = { online: colour("--ok"), silent: colour("--warn"), offline: colour("--alarm") };
    const [user, ink] = [colour("--user"), colour("--ink")];
    paint.remove();
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = user;
    for (const each of this.users) {
      const [x, y] = this.at(each.longitude, each.latitude);
      pen.beginPath();
      pen.arc(x, y, 3, 0, 7);
      pen.fill();
    }
    pen.lineWidth = 2;
    for (const each of this.vehicles) {
      const [x, y] = this.at(each.longitude, each.latitude);
      pen.strokeStyle = each.state ? colours.offline : colours.online;
      pen.beginPath();
      pen.arc(x, y, 7, 0, 7);
      pen.stroke();
    }
    for (const box of this.boxes) {
      const [x, y] = this.at(...box.place);
      pen.fillStyle = colours[box.state];
      pen.fillRect(x - 5, y - 5, 10, 10);
      if (box.box === this.chosen) {
        pen.strokeStyle = ink;
        pen.strokeRect(x - 9, y - 9, 18, 18);
      }
      if (this.boxes.length < 40 || box.box === this.chosen) {
        pen.fillStyle = ink;
        pen.fillText(box.box, x + 10, y + 4);
      }
    }
  }
}
