// The story of one road user: why it is on air or not, the sensors that saw it, its way, its messages, the latency.

import {el, strip, tableOf} from "./dom.js";
import {said, say} from "./language.js";
import {define, showList, Table} from "./table.js";
import {capital, count, named, span} from "./words.js";

const number = (text) => ({text, className: "number"});
const metres = (value) => number(value == null ? "–" : value.toFixed(2));

/** Lines of an answer, each with its remedy. */
export function showWhy(list, why) {
  const level = why.on_air ? "ok" : "alarm";
  showList(list, why.lines.flatMap((line, i) => [
    {key: `${i}`, className: i ? "" : `mark ${level}`, text: capital(said(line, "text"))},
    ...(line.do ? [{key: `${i} do`, className: "do", text: say("To do: {}", said(line, "do"))}] : []),
  ]));
}

export class UserView {
  constructor(body, id) {
    this.id = Number(id);
    this.why = el("ul", {className: "why"});
    this.facts = el("dl", {className: "facts"});
    const seen = tableOf([[say("Sensor")], [say("When")], [say("Detections"), "number"], [say("Error m"), "number"],
      [say("East"), "number"], [say("North"), "number"]], "seen");
    this.sensors = new Table(seen);
    const way = tableOf([[say("Where")], [say("When")], [say("Since"), "number"]], "way");
    this.way = new Table(way);
    const latency = tableOf([[say("Step")], [say("Milliseconds")], ["", "number"]], "latency");
    this.latency = new Table(latency);
    body.append(el("h3", {textContent: say("On air")}), this.why, this.facts, el("h3", {textContent: say("Seen by")}), seen,
      el("h3", {textContent: say("Way")}), way, el("h3", {textContent: say("Latency")}), latency);
  }

  title(state) {
    const track = (state.tracks || {})[this.id];
    return `${track ? named("road_users", track.kind) : say("Road user")} ${this.id}`;
  }

  ask() { return `api/user/${this.id}`; }

  show(story, state) {
    if (!story) return;
    showWhy(this.why, story.why);
    if (story.first_ns == null) return;
    const end = story.now_ns, begin = Math.max(story.first_ns, end - 60e9);
    define(this.facts, facts(story));
    this.sensors.show(Object.values(story.sensors).map((part) => ({
      key: part.device,
      cells: [{text: part.device, className: "name"}, (cell) => strip(cell, part.spans_ns, begin, end), number(count(part.places)),
        metres(part.rms_m), metres(part.east_m), metres(part.north_m)],
    })));
    this.way.show(story.stretches.map((stretch, i) => ({
      key: i,
      cells: [stretch.link ? say("{}, lane {}", stretch.link, stretch.lane) : say("no lane"),
        (cell) => strip(cell, [[stretch.first_ns, stretch.last_ns]], begin, end), number(span((end - stretch.first_ns) / 1e9))],
    })));
    this.showLatency(story, state.devices || {});
  }

  /** From the moment when a sensor measured until its values left: the device's own delay, then this box. */
  showLatency(story, devices) {
    const delays = Object.keys(story.sensors).map((name) => [name, ((devices[name] || {}).vitals || {}).age_ms]).filter(([, ms]) => ms != null);
    const longest = Math.max(0, ...delays.map(([, ms]) => ms));
    const [median, most] = story.on_air.latency_ms || [0, 0];
    const rows = delays.map(([name, ms]) => [name, longest - ms, longest, ""]);
    if (story.on_air.latency_ms) rows.push([say("last byte to radio"), longest, longest + median, "own"], [say("the slowest"), longest, longest + most, "own"]);
    this.latency.show(rows.map(([name, from, to, className]) => ({
      key: name,
      cells: [{text: name, className: "name"}, (cell) => strip(cell, [[from, to, className]], 0, longest + most), number(`${(to - from).toFixed(1)} ms`)],
    })));
  }
}

function facts(story) {
  const air = story.on_air, [age, oldest] = air.age_ms || [];
  const kinds = Object.entries(story.kinds).sort((a, b) => b[1] - a[1]).map(([kind]) => named("road_users", kind));
  return {
    [say("Class")]: kinds.join(", "),
    [say("Seen")]: say("{} to {}", clock(story.first_ns), clock(story.last_ns)) + (story.gone ? ` · ${say("has left")}` : ""),
    [say("Speed")]: say("{} to {} m/s", story.speed_mps[0].toFixed(1), story.speed_mps[1].toFixed(1)),
    [say("95 % of position")]: say("± {} m at worst", story.widest_95_m.toFixed(1)),
    [say("Vehicle id")]: story.vehicle_ids.join(", ") || say("none received"),
    [say("In RSM")]: air.messages ? say("{} times, longest gap {} ms", count(air.messages), count(air.longest_gap_ms)) : say("never"),
    [say("Age of values")]: air.age_ms ? say("{} ms in the middle, {} ms at most", Math.round(age), Math.round(oldest)) : say("unknown"),
  };
}

/** A moment of UTC in ns in the viewer's time zone. */
export const clock = (ns) => new Date(ns / 1e6).toLocaleTimeString([], {hour12: false});
