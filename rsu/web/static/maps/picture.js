// The picture under the lane map: an orthophoto, tied to the ground by two points.

import {ask, upload} from "../ask.js";
import {el} from "../dom.js";
import {said, say} from "../language.js";
import {setText} from "../table.js";

const $ = (id) => document.getElementById(id);
const MOST_PX = 4096, MOST_OCTETS = 6e6; // larger ones are made smaller before they go to the box
const NAMES = ["column_px", "row_px", "east_m", "north_m"];
const EMPTY = () => ({column_px: "", row_px: "", east_m: "", north_m: ""});

export class Picture {
  /** `plan`: shows it, and gives a place where it is tapped. */
  constructor(plan) {
    this.plan = plan;
    this.bitmap = null;
    this.ties = [EMPTY(), EMPTY()];
    this.active = 0;
    $("picture-file").addEventListener("change", () => this.send($("picture-file").files[0]));
    $("picture-remove").addEventListener("click", () => this.remove());
    $("picture-save").addEventListener("click", () => this.save());
    $("photo").addEventListener("click", (event) => this.tap(event));
    $("strength").addEventListener("input", () => this.lay());
  }

  async load() {
    const answer = await ask("api/lanes/picture/ties");
    this.bitmap = null;
    if (answer.ok && answer.told.there) {
      const {ties} = answer.told, picture = await fetch("api/lanes/picture");
      this.bitmap = picture.ok ? await createImageBitmap(await picture.blob()).catch(() => null) : null;
      this.ties = ties ? [ties.one, ties.other] : [EMPTY(), EMPTY()];
    }
    this.show();
  }

  show() {
    setText($("picture-said"), "");
    $("picture-body").hidden = !this.bitmap;
    if (this.bitmap) {
      const canvas = $("photo"), shrink = Math.min(1, 1200 / this.bitmap.width);
      [canvas.width, canvas.height] = [this.bitmap.width * shrink, this.bitmap.height * shrink];
      this.shrink = shrink;
      this.paint();
    }
    $("ties").tBodies[0].replaceChildren(...this.ties.map((tie, n) => this.row(tie, n)));
    this.lay();
  }

  row(tie, n) {
    const cells = NAMES.map((name, i) => {
      const input = el("input", {type: "number", step: i < 2 ? 1 : 0.01, value: tie[name]});
      input.setAttribute("aria-label", say("point {}: {}", n + 1, [say("column, px"), say("row, px"), say("East, m"), say("North, m")][i]));
      input.addEventListener("focus", () => { this.active = n; this.paint(); });
      input.addEventListener("change", () => { tie[name] = input.value === "" ? "" : Number(input.value); this.paint(); this.lay(); });
      return el("td", null, input);
    });
    const choose = el("input", {type: "radio", name: "tie", checked: n === this.active});
    choose.setAttribute("aria-label", say("point {}: set by tapping the picture and the map", n + 1));
    choose.addEventListener("change", () => { this.active = n; this.paint(); });
    return el("tr", null, el("td", null, choose, ` ${n + 1}`), ...cells);
  }

  /** The place on the map that was tapped belongs to the point that is being set. False: the map may use it. */
  take([east, north]) {
    if (!this.bitmap || !$("tie-map").checked) return false;
    Object.assign(this.ties[this.active], {east_m: Math.round(east * 100) / 100, north_m: Math.round(north * 100) / 100});
    this.show();
    return true;
  }

  tap(event) {
    const box = $("photo").getBoundingClientRect();
    Object.assign(this.ties[this.active], {
      column_px: Math.round((event.clientX - box.left) / box.width * this.bitmap.width),
      row_px: Math.round((event.clientY - box.top) / box.height * this.bitmap.height),
    });
    this.show();
  }

  paint() {
    const context = $("photo").getContext("2d");
    context.drawImage(this.bitmap, 0, 0, $("photo").width, $("photo").height);
    this.ties.forEach(({column_px: x, row_px: y}, n) => {
      if (x === "" || y === "") return;
      for (const [width, colour] of [[6, "#fff"], [3, n === this.active ? "#c3152b" : "#0b63ce"]]) {
        context.lineWidth = width;
        context.strokeStyle = colour;
        context.beginPath();
        context.arc(x * this.shrink, y * this.shrink, 12, 0, 7);
        context.stroke();
      }
    });
  }

  /** Whether both points have all their values. */
  get whole() { return this.ties.every((tie) => NAMES.every((name) => tie[name] !== "")); }

  /** Lay it under the map as the two points say. */
  lay() {
    $("picture-save").disabled = !this.whole;
    this.plan.lay(this.bitmap && this.whole ? {bitmap: this.bitmap, matrix: similarity(...this.ties), strength: $("strength").value / 100} : null);
  }

  async send(file) {
    if (!file) return;
    setText($("picture-problem"), "");
    try {
      const answer = await upload("api/lanes/picture", await fitting(file));
      setText($("picture-problem"), answer.ok ? "" : said(answer.told, "text"));
    } catch (error) {
      setText($("picture-problem"), say("The file is no picture that this browser can read."));
    }
    $("picture-file").value = "";
    await this.load();
  }

  async save() {
    const [one, other] = this.ties;
    const answer = await ask("api/lanes/picture/ties", {one, other});
    setText($("picture-problem"), answer.ok ? "" : said(answer.told, "text"));
    setText($("picture-said"), answer.ok ? say("Saved.") : "");
  }

  async remove() {
    if (!confirm(say("Remove the picture?"))) return;
    await ask("api/lanes/picture", undefined, "DELETE");
    await this.load();
  }
}

/** The similarity [a, b, c, d, e, f] of a canvas from pixels (rows down) to metres (north up), by two points. */
export function similarity(one, other) {
  const u = other.column_px - one.column_px, v = one.row_px - other.row_px; // as a complex number, up
  const east = other.east_m - one.east_m, north = other.north_m - one.north_m, square = u * u + v * v || 1;
  const re = (east * u + north * v) / square, im = (north * u - east * v) / square;
  return [re, im, im, -re, one.east_m - re * one.column_px - im * one.row_px, one.north_m - im * one.column_px + re * one.row_px];
}

/** A picture that is not larger than the box takes: JPEG or PNG as it is, else made anew. */
async function fitting(file) {
  const bitmap = await createImageBitmap(file), shrink = Math.min(1, MOST_PX / Math.max(bitmap.width, bitmap.height));
  if (shrink === 1 && file.size < MOST_OCTETS && ["image/jpeg", "image/png"].includes(file.type)) return file;
  const canvas = el("canvas", {width: bitmap.width * shrink, height: bitmap.height * shrink});
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}
