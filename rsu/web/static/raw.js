// What a device says now: its newest octets, and the measurements that its driver makes of them.

import {el} from "./dom.js";
import {say} from "./language.js";
import {setText} from "./table.js";
import {count} from "./words.js";

const ASK_MS = 1000;
const LINE = 16; // octets

export class Raw {
  constructor(body, device) {
    this.device = device;
    this.timer = null;
    this.button = el("button", {textContent: say("Show raw data"), onclick: () => this.toggle()});
    this.button.setAttribute("aria-pressed", "false");
    this.note = el("p");
    this.note.setAttribute("role", "status");
    this.reads = el("div");
    this.measurements = el("div");
    body.append(this.button, this.note, this.measurements, this.reads);
  }

  toggle() {
    const on = this.button.getAttribute("aria-pressed") !== "true";
    this.button.setAttribute("aria-pressed", String(on));
    clearInterval(this.timer);
    if (on) {
      this.timer = setInterval(() => this.ask(), ASK_MS);
      this.ask();
    }
  }

  close() { clearInterval(this.timer); }

  async ask() {
    try {
      const answer = await fetch(`api/raw/${encodeURIComponent(this.device)}`);
      const told = answer.ok ? await answer.json() : null;
      setText(this.note, !told || !told.reads.length ? say("No octets yet.") : "");
      if (told) this.show(told);
    } catch (error) {
      setText(this.note, say("the page's server does not answer"));
    }
  }

  show({reads, measurements}) {
    this.reads.replaceChildren(...reads.slice(-3).reverse().map(({ns, port, octets, hex}) => el("div", null,
      el("h4", {textContent: say("{}, port {}, {} octets", time(ns), port, count(octets))}),
      scrollable(el("pre", {textContent: dump(hex) + (hex.length / 2 < octets ? "\n…" : "")})))));
    this.measurements.replaceChildren(...measurements.slice(-2).reverse().map(decoded));
  }
}

const time = (ns) => new Date(ns / 1e6).toISOString().slice(11, 23);

/** What is wider than the sheet scrolls by itself, by keyboard too. */
function scrollable(node) {
  return el("div", {className: "wide", tabIndex: 0}, node);
}

/** Octets in lines: place, hex, characters. */
function dump(hex) {
  const octets = (hex.match(/../g) || []).map((pair) => parseInt(pair, 16)), lines = [];
  for (let at = 0; at < octets.length; at += LINE) {
    const part = octets.slice(at, at + LINE);
    const text = part.map((octet) => (octet > 31 && octet < 127 ? String.fromCharCode(octet) : "·")).join("");
    const pairs = part.map((octet) => octet.toString(16).padStart(2, "0")).join(" ");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${pairs.padEnd(3 * LINE)} ${text}`);
  }
  return lines.join("\n");
}

/** A measurement: single figures, and lists of equal length as the columns of a table. */
function decoded(measurement) {
  const {measurement: kind, stamp_ns: stamp, receipt_ns: receipt, ...values} = measurement;
  const lists = Object.entries(values).filter(([, value]) => Array.isArray(value) && value.length);
  const rows = Math.max(0, ...lists.map(([, value]) => value.length));
  const columns = lists.filter(([, value]) => value.length === rows);
  const single = Object.entries(values).filter(([name, value]) => !Array.isArray(value) && value != null && !columns.some(([other]) => other === name));
  const head = el("tr", null, ...columns.map(([name]) => el("th", {textContent: name})));
  const body = [...Array(rows).keys()].map((i) => el("tr", null, ...columns.map(([, value]) => el("td", {textContent: cell(value[i])}))));
  return el("div", null, el("h4", {textContent: say("{}, true at {}, received {} ms later", kind, time(stamp), ((receipt - stamp) / 1e6).toFixed(0))}),
    el("p", {textContent: single.map(([name, value]) => `${name} ${cell(value)}`).join(" · ")}),
    rows ? scrollable(el("table", null, el("thead", null, head), el("tbody", null, ...body))) : "");
}

const cell = (value) => (Array.isArray(value) ? value.map(cell).join(" ") : value == null ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));
