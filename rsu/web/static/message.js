// One type of message: why it is on air or not, and the newest of it bit by bit.

import {el, tableOf} from "./dom.js";
import {said, say} from "./language.js";
import {showWhy} from "./story.js";
import {define, setText, Table} from "./table.js";
import {count, messageTitle} from "./words.js";

const number = (text) => ({text, className: "number"});

export class MessageView {
  constructor(body, kind) {
    this.kind = kind;
    this.why = el("ul", {className: "why"});
    this.facts = el("dl", {className: "facts"});
    this.hold = el("button", {textContent: say("Hold"), title: say("Keep this message instead of showing the next")});
    this.hold.setAttribute("aria-pressed", "false");
    this.hold.addEventListener("click", () => {
      this.hold.setAttribute("aria-pressed", String(this.hold.getAttribute("aria-pressed") !== "true"));
    });
    this.octets = new Octets();
    const fields = tableOf([[say("Field")], [say("Value")], [say("Bit"), "number"], [say("Bits"), "number"]], "fields");
    this.fields = new Table(fields);
    body.append(this.why, el("h3", {textContent: say("Newest message")}), this.hold, this.facts, this.octets.node,
      el("h3", {textContent: say("Fields")}), fields);
    for (const name of ["mouseover", "focusin"]) fields.addEventListener(name, (event) => this.mark(event.target.closest("tr")));
  }

  title() { return `${this.kind.toUpperCase()} · ${messageTitle(this.kind)}`; }

  ask() { return `api/message/${this.kind}`; }

  show(answer) {
    if (!answer) return;
    showWhy(this.why, answer.why);
    const frame = answer.newest;
    if (!frame) {
      define(this.facts, {[say("Sent")]: say("none in the last minute")});
      return;
    }
    if (this.held() && this.frame) return;
    if (this.frame && this.frame.stamp_ns === frame.stamp_ns) return;
    this.frame = frame;
    const latency = frame.latency_ms == null ? {} : {[say("Latency")]: say("{} ms from last byte to radio", frame.latency_ms.toFixed(1))};
    define(this.facts, {
      [say("Sent")]: new Date(frame.stamp_ns / 1e6).toISOString().slice(11, 23), ...latency,
      [say("Octets")]: count(frame.octets), "AID": String(frame.aid),
      ...(frame.odd && frame.odd.length ? {[say("Odd")]: said(frame, "odd").join("; ")} : {}),
    });
    this.octets.show(frame.head || "", frame.hex);
    this.fields.show((frame.fields || []).map((field, i) => ({
      key: `${i} ${field.name}`,
      cells: [(cell) => name(cell, field), {text: field.value}, number(String(field.bit)), number(String(field.bits))],
      notes: field.odd ? [{text: said(field, "odd"), className: "warn"}] : [],
    })));
  }

  held() { return this.hold.getAttribute("aria-pressed") === "true"; }

  /** Show the octets of the field in a row. */
  mark(row) {
    if (!row || !this.frame || !row.cells[3]) return;
    const [first, bits] = [Number(row.cells[2].textContent), Number(row.cells[3].textContent)];
    this.octets.mark(first >> 3, (first + Math.max(1, bits) - 1) >> 3);
  }
}

function name(cell, field) {
  setText(cell, field.name);
  cell.tabIndex = 0;
  cell.style.paddingLeft = `${10 * field.depth}px`;
}

/** Octets in hex, those of the layer around the message before it. */
export class Octets {
  constructor() { this.node = el("p", {className: "octets"}); }

  show(head, hex) {
    const pairs = (text) => text.match(/../g) || [];
    this.before = pairs(head).length;
    this.node.replaceChildren(...pairs(head).map((pair) => el("span", {className: "head", textContent: pair})),
      ...pairs(hex).map((pair) => el("span", {textContent: pair})));
  }

  mark(first, last) {
    [...this.node.children].forEach((span, i) => span.classList.toggle("marked", i - this.before >= first && i - this.before <= last));
  }
}
