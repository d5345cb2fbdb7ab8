// Statistics per lane over the last hours: one figure at a time, a curve for each lane.

import {axis, curve} from "./curve.js";
import {el, tableOf} from "./dom.js";
import {say} from "./language.js";
import {Table} from "./table.js";
import {hoursChoice} from "./timeline.js";

const FIGURES = {flow: () => say("Flow, per hour"), speed: () => say("Speed, km/h"), occupancy: () => say("Occupancy, %"), queue: () => say("Queue, m"),
  delay: () => say("Delay, s")};

export class LanesView {
  constructor(body, argument, again) {
    this.hours = 24;
    this.every = 20000;
    this.figure = el("select", {onchange: () => this.draw()}, ...Object.entries(FIGURES).map(([value, label]) => el("option", {value, textContent: label()})));
    this.figure.setAttribute("aria-label", say("Figure"));
    this.axes = el("div", {id: "timeline-axis"});
    const lanes = tableOf([[say("Lane")], [""], [say("Now"), "number"], [say("Most"), "number"]], "lane-curves");
    this.lanes = new Table(lanes);
    this.none = el("p");
    body.append(hoursChoice(this.hours, (hours) => { this.hours = hours; again(); }), this.figure, this.axes, lanes, this.none);
  }

  title() { return say("Traffic per lane"); }

  ask() { return `api/history?hours=${this.hours}`; }

  show(history) {
    if (!history || history === this.history) return;
    this.history = history;
    this.draw();
  }

  draw() {
    if (!this.history) return;
    const {curves, begin_ns: begin, now_ns: end} = this.history, figure = this.figure.value;
    const own = Object.keys(curves).filter((name) => name.startsWith("lane ") && name.endsWith(` ${figure}`)).sort();
    const top = Math.max(0, ...own.flatMap((name) => curves[name].filter((value) => value !== null)));
    this.axes.replaceChildren(axis(begin, end));
    this.none.textContent = own.length ? "" : say("No period of a minute or more has ended in this time.");
    this.lanes.show(own.map((name) => {
      const values = curves[name], known = values.filter((value) => value !== null), [, link, lane] = name.split(" ");
      return {key: name, cells: [{text: say("{}, lane {}", link, lane), className: "name"}, (cell) => curve(cell, values, top),
        number(known[known.length - 1]), number(Math.max(...known))]};
    }));
  }
}

const number = (value) => ({text: value === undefined ? "–" : value.toFixed(value < 10 ? 1 : 0), className: "number"});
