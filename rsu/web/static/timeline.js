// The last hours of devices, messages, processes and alarms, with every change.

import {axis, curve} from "./curve.js";
import {el, strip, tableOf} from "./dom.js";
import {say} from "./language.js";
import {gaps, spans, stateText} from "./past.js";
import {setText, Table} from "./table.js";
import {count, moment} from "./words.js";

const HOURS = [1, 6, 24, 48];
const SHOWN = 200; // changes

/** Buttons for the span of time; calls back with the hours. */
export function hoursChoice(chosen, onChoice) {
  const node = el("p", {className: "choice"});
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", say("Span of time"));
  for (const hours of HOURS) {
    const button = el("button", {textContent: say("{} h", hours), onclick: () => {
      [...node.children].forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      onChoice(hours);
    }});
    button.setAttribute("aria-pressed", String(hours === chosen));
    node.append(button);
  }
  return node;
}

export class TimelineView {
  constructor(body, argument, again) {
    this.hours = 24;
    this.every = 10000;
    const group = (title, id) => {
      const made = tableOf([[title], [""], [""]], id);
      this[id] = new Table(made);
      return made;
    };
    this.axes = el("div", {id: "timeline-axis"});
    const changes = tableOf([[say("Time")], [say("Thing")], [say("State")]], "changes");
    this.changes = new Table(changes);
    body.append(hoursChoice(this.hours, (hours) => { this.hours = hours; again(); }), this.axes, group(say("Messages"), "timeline-message"),
      group(say("Devices"), "timeline-device"), group(say("Processes"), "timeline-process"), group(say("Alarms"), "timeline-alarm"),
      group(say("Box"), "timeline-other"), el("h3", {textContent: say("Changes, newest first")}), changes);
  }

  title() { return say("Timeline"); }

  ask() { return `api/history?hours=${this.hours}`; }

  show(history) {
    if (!history || this.shown === history) return;
    this.shown = history;
    const all = spans(history), holes = gaps(history), {begin_ns: begin, now_ns: end} = history;
    this.axes.replaceChildren(axis(begin, end));
    for (const kind of ["message", "device", "process", "alarm"]) {
      const names = Object.keys(all).filter((name) => name.startsWith(`${kind} `)).sort();
      this[`timeline-${kind}`].show(names.map((name) => row(name, [...all[name], ...holes], history, begin, end)));
    }
    const others = Object.keys(history.curves).filter((name) => name === "road users" || name === "uplink");
    this["timeline-other"].show(others.map((name) => row(name, holes, history, begin, end)));
    this.changes.show(history.changes.slice(-SHOWN).reverse().map(([ns, name, state, chinese]) => ({
      key: `${ns} ${name}`,
      cells: [moment(ns), {text: name, className: "name"}, stateText(name, state, chinese)],
    })));
  }
}

/** A thing's states as a strip, with the curve of its figure where it has one. */
function row(name, bars, history, begin, end) {
  const values = history.curves[name], known = (values || []).filter((value) => value !== null);
  const label = {"road users": say("Road users"), uplink: say("Records waiting")}[name] || name.split(" ").slice(1).join(" ");
  return {
    key: name,
    cells: [(cell) => title(cell, name, label), (cell) => {
      if (!cell.firstChild) cell.append(el("div"), el("div"));
      strip(cell.firstChild, bars, begin, end);
      if (known.length) curve(cell.lastChild, values);
    }, {text: known.length ? figure(name, Math.max(...known)) : "", className: "number", title: say("greatest value")}],
  };
}

function figure(name, value) {
  if (name === "road users" || name === "uplink") return count(value);
  return name.startsWith("process ") ? `${value.toFixed(0)} %` : `${value.toFixed(1)} Hz`;
}

/** A name; devices and messages have a sheet of their own. */
function title(cell, name, label) {
  const [kind, ...rest] = name.split(" ");
  cell.className = "name";
  if (kind !== "device" && kind !== "message") {
    setText(cell, label);
    return;
  }
  if (!cell.firstChild) cell.append(el("a"));
  cell.firstChild.href = `#${kind}/${encodeURIComponent(rest.join(" "))}`;
  setText(cell.firstChild, label);
}
