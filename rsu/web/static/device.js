// One device: health with its figures, alarms, refused input, history, and its raw octets beside their meaning.

import {axis, curve} from "./curve.js";
import {el, strip, tableOf} from "./dom.js";
import {language, said, say} from "./language.js";
import {gaps, spans, stateText} from "./past.js";
import {Raw} from "./raw.js";
import {clock} from "./story.js";
import {define, showList, Table} from "./table.js";
import {capital, count, levelOf, moment, named, sentence, span} from "./words.js";

const SHOWN = 40; // changes
const FIGURES = {
  source_interval_ms: () => say("Interval of measurements"), arrival_interval_ms: () => say("Interval of arrivals"), jitter_ms: () => say("Jitter"),
  age_ms: () => say("Delay"), octets_per_s: () => say("Octets per second"), line_share: () => say("Load of the line"),
  missing_share: () => say("Missing"), duplicate_share: () => say("Repeated"), reordered_share: () => say("Out of order"),
  damaged_share: () => say("Damaged"), backward_share: () => say("Stamps going back"), ahead_share: () => say("Stamps in the future"),
  behind_share: () => say("Stamps in the past"), stuck_share: () => say("Stamps that stand still"), frozen_share: () => say("Frozen content"),
  slower_share: () => say("Slower than nominal"), uneven_share: () => say("Uneven arrivals"),
};

export class DeviceView {
  constructor(body, name) {
    this.name = name;
    this.every = 5000;
    this.state = el("ul", {className: "why"});
    this.facts = el("dl", {className: "facts"});
    this.past = el("div");
    const changes = tableOf([[say("Time")], [say("State")]], "device-changes");
    this.changes = new Table(changes);
    body.append(this.state, this.facts, el("h3", {textContent: say("Last 24 hours")}), this.past, changes,
      el("h3", {textContent: say("Raw data")}));
    this.raw = new Raw(body, name);
  }

  title() { return this.name; }

  close() { this.raw.close(); }

  ask() { return "api/history?hours=24"; }

  show(history, state) {
    const device = (state.devices || {})[this.name];
    if (device) this.showHealth(device);
    if (!history || history === this.shown) return;
    this.shown = history;
    const key = `device ${this.name}`, {begin_ns: begin, now_ns: end} = history;
    if (!this.past.firstChild) this.past.append(el("div"), el("div"), el("p"));
    strip(this.past.children[0], [...(spans(history)[key] || []), ...gaps(history)], begin, end);
    if (history.curves[key]) curve(this.past.children[1], history.curves[key]);
    this.past.children[2].replaceChildren(axis(begin, end));
    const own = history.changes.filter(([, name]) => name === key || name === `${key} alarms`);
    this.changes.show(own.slice(-SHOWN).reverse().map(([ns, name, text, chinese]) => ({
      key: `${ns} ${name}`, cells: [moment(ns), stateText(name, text, chinese)],
    })));
  }

  showHealth(device) {
    const word = named("devices", device.state), error = said(device, "error");
    const items = [{key: "state", className: `mark ${levelOf("devices", device.state)}`, text: error ? say("{}: {}", word, error) : word}];
    for (const alarm of device.alarms || []) {
      items.push({key: alarm.code, className: "warn", text: say("{} Since {}.", sentence(alarm.code), clock(alarm.since_ns))});
    }
    for (const one of device.refused || []) items.push({key: `refused ${one.reason}`, className: "do", text: refusal(one)});
    if (device.doubt) items.push({key: "doubt", className: "warn", text: say("stands otherwise than the site file says: {}", said(device, "doubt"))});
    showList(this.state, items);
    const facts = {[say("Kind")]: device.kind, [say("Rate")]: `${device.rate_hz.toFixed(1)} Hz`,
      [say("Last byte")]: device.age_ms == null ? say("never") : say("{} ago", span(device.age_ms / 1000))};
    for (const [name, label] of Object.entries(FIGURES)) {
      const value = (device.vitals || {})[name];
      if (value != null && (value || !name.endsWith("_share"))) facts[label()] = figure(name, value);
    }
    for (const [name, n] of Object.entries(device.counters || {})) {
      if (n) facts[capital(language === "zh" ? device.counters_zh[name] : name)] = count(n);
    }
    define(this.facts, facts);
  }
}

function figure(name, value) {
  if (name.endsWith("_ms")) return `${value.toFixed(1)} ms`;
  return name.endsWith("_share") ? `${(100 * value).toFixed(1)} %` : count(value);
}

function refusal(one) {
  const text = `${said(one, "reason")} ${count(one.count)}`;
  return one.text ? say("{}, last: {}", text, one.text) : text;
}
