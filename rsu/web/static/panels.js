// The side panels: messages on air and reasons of silence, signals, events, devices, uplink, processes.

import {isMeant, where} from "./attention.js";
import {language, said, say} from "./language.js";
import {Recorder} from "./recorder.js";
import {seconds} from "./signals.js";
import {Spark} from "./spark.js";
import {define, setClass, setText, showList, Table} from "./table.js";
import {capital, count, eventName, lamp, levelOf, messageTitle, moment, named, sentence, short, span, values} from "./words.js";

const $ = (id) => document.getElementById(id);
const number = (text, className = "") => ({text, className: `number ${className}`});
const mark = (text, level) => ({text, className: `mark ${level}`});

export class Panels {
  constructor() {
    const names = ["messages", "signals", "events", "devices", "processes"];
    this.tables = Object.fromEntries(names.map((name) => [name, new Table($(name))]));
    this.recorder = new Recorder();
    this.sparks = new Map(); // message kind -> its rate over the last minute
    this.before = new Map(); // process -> {stamp, cpu, percent}
  }

  show(state, items, approaches) {
    this.showAttention(items);
    this.showMessages(Object.values(state.messages || {}));
    this.showSignals(approaches, state.signals || {});
    this.showEvents(Object.values(state.events || {}), state.station);
    this.showDevices(Object.values(state.devices || {}), state.station || {});
    this.showUplink(state.uplink);
    this.recorder.show(state.recorder);
    this.showProcesses(Object.values(state.processes || {}), state.supervisor);
  }

  showAttention(items) {
    const normal = {key: "none", level: "ok", text: say("All is as it should be.")};
    showList($("attention"), (items.length ? items : [normal]).map(({key, level, text}) => ({key, ...mark(text, level)})));
  }

  showMessages(messages) {
    this.tables.messages.show(messages.map((message) => {
      const level = isMeant(message) ? "off" : levelOf("decisions", message.decision);
      const kind = message.kind.toUpperCase();
      return {
        key: message.kind,
        cells: [(cell) => link(cell, `#message/${message.kind}`, kind, messageTitle(message.kind)),
          mark(named("decisions", message.decision), level), (cell) => this.spark(message.kind).attach(cell),
          number(message.rate_hz.toFixed(1), "strong"), number(count(message.frames))],
        notes: message.reasons.map((reason) => ({text: sentence(reason), className: level, title: reason})),
      };
    }));
  }

  spark(kind) {
    if (!this.sparks.has(kind)) this.sparks.set(kind, new Spark());
    return this.sparks.get(kind);
  }

  /** Once a second: the rates go into their curves; a gap while nothing is known. */
  sample(state, live) {
    for (const message of Object.values(state.messages || {})) {
      this.spark(message.kind).add(live ? message.rate_hz : null);
    }
  }

  showSignals(approaches, heads) {
    const used = values("movements").filter((movement) => approaches.some(({rows}) => rows.some((row) => row.movement === movement)));
    heading($("signals").tHead, [say("Approach"), ...used.map((movement) => capital(named("movements", movement)))]);
    this.tables.signals.show(approaches.map(({name, rows}) => ({
      key: name,
      cells: [{text: name, className: "name"}, ...used.map((movement) => {
        const row = rows.find((one) => one.movement === movement);
        return row ? headCell(row, heads[row.phase]) : "";
      })],
    })));
  }

  showEvents(events, station) {
    const rows = events.map((event) => ({
      key: event.id,
      cells: [mark(eventName(event), "warn"), where(event), number(span((station.stamp_ns - event.since_ns) / 1e9)),
        number(`${Math.round(event.confidence * 100)} %`)],
    }));
    this.tables.events.show(rows.length ? rows : [{key: "none", cells: [say("None running."), "", "", ""]}]);
  }

  showDevices(devices, whole) {
    const sorted = devices.sort((a, b) => (a.name < b.name ? -1 : 1));
    const reasons = counted(whole);
    const station = {key: "station", cells: [{text: say("station"), className: "name", title: say("input not used, by reason")},
      "", "", ""], notes: [reasons.join(" · ")]};
    this.tables.devices.show([...sorted.map((device) => {
      const counters = counted(device);
      const notes = [vitals(device.vitals), ...(counters.length ? [counters.join(" · ")] : [])].filter(Boolean);
      notes.push(...(device.refused || []).map(refusal));
      if (device.doubt) notes.unshift(say("stands otherwise than the site file says: {}", said(device, "doubt")));
      if (device.error) notes.unshift({text: said(device, "error"), className: device.state === "ok" ? "" : "alarm"});
      return {
        key: device.name,
        cells: [(cell) => link(cell, `#device/${encodeURIComponent(device.name)}`, device.name, device.kind), mark(named("devices", device.state), levelOf("devices", device.state)),
          number(`${device.rate_hz.toFixed(1)} Hz`), number(device.age_ms == null ? say("never") : span(device.age_ms / 1000))],
        notes,
      };
    }), ...(reasons.length ? [station] : [])]);
  }

  showUplink(uplink) {
    if (!uplink) return;
    const none = uplink.platform.startsWith("none");
    setClass($("uplink"), `mark ${uplink.connected ? "ok" : none ? "off" : "alarm"}`);
    const text = uplink.connected ? "connected to {}" : none ? "platform {}" : "not connected to {}";
    const link = say(text, say(uplink.platform));
    setText($("uplink"), uplink.error ? say("{}: {}", link, said(uplink, "error")) : link);
    const evicted = Object.entries(uplink.evicted).map(([kind, n]) => `${count(n)} ${kind}`).join(", ");
    const figures = {[say("Spooled")]: count(uplink.spooled), [say("Acknowledged")]: count(uplink.acknowledged),
      [say("Waiting")]: count(uplink.waiting), [say("Given up")]: evicted || "0"};
    define($("spool"), figures);
  }

  showProcesses(processes, supervisor) {
    this.tables.processes.show(processes.map((process) => ({
      key: process.name,
      cells: [{text: process.name, className: "name", title: process.pid ? `pid ${process.pid}` : ""},
        mark(named("processes", process.state), levelOf("processes", process.state)), number(`${this.cpu(process, supervisor).toFixed(1)} %`),
        (cell) => meter(cell, process.rss_mib, process.budget_rss_mib), number(count(process.restarts))],
      notes: process.error ? [say("last end{}: {}", at(process.ended_ns), said(process, "error"))] : [],
    })));
  }

  /** Per cent of one core between the supervisor's last two reports. */
  cpu(process, {stamp_ns: stamp}) {
    const before = this.before.get(process.name) || {stamp, cpu: process.cpu_s, percent: 0};
    if (stamp > before.stamp) {
      const percent = Math.max(0, ((process.cpu_s - before.cpu) / ((stamp - before.stamp) / 1e9)) * 100);
      this.before.set(process.name, {stamp, cpu: process.cpu_s, percent});
      return percent;
    }
    this.before.set(process.name, before);
    return before.percent;
  }
}

/** A name that opens its sheet. */
function link(cell, href, text, title) {
  if (!cell.firstChild) cell.appendChild(document.createElement("a"));
  setClass(cell, "name");
  if (cell.firstChild.getAttribute("href") !== href) cell.firstChild.href = href;
  setText(cell.firstChild, text);
  cell.title = title;
}

/** Counters of a record that have counted something, in words. */
function counted(record) {
  const shown = Object.entries(record.counters || {}).filter(([, n]) => n);
  return shown.map(([name, n]) => `${language === "zh" ? record.counters_zh[name] : name} ${count(n)}`);
}

/** A device's intervals and delays over the last 10 s; empty: too few data. */
function vitals(of) {
  if (!of || of.arrival_interval_ms == null) return "";
  const ms = (value) => value.toFixed(value < 10 ? 1 : 0);
  return say("interval {} ms, arrival {} ± {} ms, age {} ms, {} B/s", ms(of.source_interval_ms), ms(of.arrival_interval_ms),
    ms(of.jitter_ms), ms(of.age_ms), count(Math.round(of.octets_per_s)));
}

/** What was refused of a device: why, how often, the last of it, and what it likely is. */
function refusal(one) {
  const reason = `${said(one, "reason")} ${count(one.count)}`, text = one.text ? say("{}, last: {}", reason, one.text) : reason;
  return {text: one.cause ? say("{} ({})", text, said(one, "cause")) : text, title: one.octets};
}

/** A moment of UTC in ns in the viewer's time zone. */
const at = (ns) => (ns ? ` ${moment(ns)}` : "");

/** Give a table its column titles, when they are not there already. */
function heading(head, titles) {
  const line = head.rows[0] || head.insertRow();
  if ([...line.cells].map((cell) => cell.textContent).join() === titles.join()) return;
  line.replaceChildren(...titles.map((title) => {
    const cell = document.createElement("th");
    cell.textContent = title;
    return cell;
  }));
}

function headCell(row, head) {
  const found = lamp(head && head.light);
  const shown = head ? head.light : "unavailable";
  const light = row.movement === "crosswalk" && shown === "permissive-green" ? "protected-green" : shown; // not in conflict
  const text = (head && head.countdown_s != null ? `${seconds(head)} ` : "") + short("lights", light);
  return {text, className: `lamp ${found ? found.lamp : "none"}`, title: say("phase {}: {}", row.phase, named("lights", light))};
}

/** Used of budget as figures and a bar. */
function meter(cell, used, budget) {
  if (!cell.firstChild) {
    cell.append(document.createElement("span"), document.createElement("i"));
    cell.className = "meter";
  }
  setText(cell.firstChild, say("{} of {} MiB", used.toFixed(0), budget));
  cell.lastChild.style.setProperty("--share", Math.min(1, used / budget).toFixed(2));
  setClass(cell.lastChild, used > 0.9 * budget ? "warn" : "");
}

