// The versions of a site: their differences from the files of today, and the way back.

import {ask} from "./ask.js";
import {el} from "./dom.js";
import {said, say} from "./language.js";
import {setText} from "./table.js";

const $ = (id) => document.getElementById(id);
const CLASSES = {"+": "added", "-": "removed", "@": "place"};

export class Versions {
  /** `onChange`: called after a way back; `notice`: says how it ended. */
  constructor(onChange, notice) {
    this.onChange = onChange;
    this.notice = notice;
    this.rows = [];
    this.shown = null;
    $("rollback").addEventListener("click", () => this.back());
  }

  async load() {
    const answer = await ask("api/site/versions");
    this.rows = answer.ok ? answer.told : [];
    $("difference").hidden = true;
    this.show();
  }

  show() {
    $("versions").tBodies[0].replaceChildren(...this.rows.map(({number, utc_s, why}) => {
      const look = el("button", {className: "plain", textContent: say("Difference")});
      look.setAttribute("aria-label", say("Difference from version {}", number));
      look.addEventListener("click", () => this.compare(number));
      const at = new Date(utc_s * 1000).toISOString().slice(0, 19).replace("T", " ");
      return el("tr", null, ...[String(number), at, why].map((text) => el("td", {textContent: text})), el("td", null, look));
    }));
  }

  async compare(number) {
    const answer = await ask(`api/site/versions/${number}`);
    if (!answer.ok) { this.notice(said(answer.told, "text")); return; }
    this.shown = number;
    const files = Object.entries(answer.told);
    setText($("difference-title"), files.length ? say("From version {} to now", number) : say("Version {} is the same as now.", number));
    $("difference-body").replaceChildren(...files.flatMap(([name, text]) => [el("h4", {textContent: name}), picture(text)]));
    $("rollback").hidden = files.length === 0;
    $("difference").hidden = false;
    $("difference-title").focus();
  }

  async back() {
    if (!confirm(say("Go back to version {}?", this.shown))) return;
    const answer = await ask("api/site/rollback", {number: this.shown});
    await this.onChange();
    if (answer.status === 422) this.notice(say("Version {} is not valid for this release.", this.shown));
    else if (!answer.ok) this.notice(said(answer.told, "text"));
    else this.notice(answer.told.refused || say("Version {} is in use.", answer.told.version));
  }
}

function picture(text) {
  const lines = text.split("\n").map((line) => el("span", {className: CLASSES[line[0]] || "", textContent: `${line}\n`}));
  const body = el("pre", {className: "difference", tabIndex: 0}, ...lines);
  body.setAttribute("role", "region");
  body.setAttribute("aria-label", say("Difference"));
  return body;
}
