// Events and recordings: every event with the recording around it, played on the map, and the files to download.

import {el, tableOf} from "./dom.js";
import {say} from "./language.js";
import {where} from "./attention.js";
import {setText, Table} from "./table.js";
import {eventName, moment, named, span} from "./words.js";

const BEFORE_NS = 10e9; // played before an event begins
const size = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
const inside = (file, ns) => file.begin_ns <= ns && ns <= file.end_ns;

/** The view's class, with the player that all pages share. */
export function recordingsView(player) {
  return class RecordingsView {
    constructor(body) {
      this.every = 5000;
      this.files = [];
      this.controls = new Controls(player, () => this.files);
      const events = tableOf([[say("Time")], [say("Kind")], [say("Where")], [say("Lasted"), "number"], [""]], "past-events");
      const files = tableOf([[say("Begin")], [say("Class")], [say("Lasted"), "number"], [say("Size"), "number"], [""]], "past-files");
      this.events = new Table(events);
      this.shelf = new Table(files);
      body.append(this.controls.node, el("h3", {textContent: say("Events")}), events, el("h3", {textContent: say("Recordings")}), files);
      this.load();
    }

    title() { return say("Events and recordings"); }

    ask() { return "api/recordings"; }

    close() { this.controls.close(); }

    async load() {
      const answer = await fetch("api/events");
      this.past = answer.ok ? await answer.json() : [];
      if (this.files.length) this.showEvents();
    }

    show(files) {
      if (!files || files === this.files) return;
      this.files = files;
      this.controls.range(files);
      this.shelf.show(files.map((file) => ({
        key: file.name,
        cells: [{text: moment(file.begin_ns), title: file.name}, named("recordings", file.kind), number(span((file.end_ns - file.begin_ns) / 1e9)),
          number(size(file.bytes)), (cell) => this.actions(cell, file)],
        notes: file.why ? [say("kept for {}", file.why)] : [],
      })));
      if (this.past) this.showEvents();
    }

    showEvents() {
      const rows = this.past.map((event) => ({
        key: event.key,
        cells: [moment(event.since_ns), {text: eventName(event), className: "name"}, where(event), number(span((event.end_ns - event.since_ns) / 1e9)),
          (cell) => this.play(cell, this.files.find((file) => inside(file, event.since_ns)), event.since_ns - BEFORE_NS)],
      }));
      this.events.show(rows.length ? rows : [{key: "none", cells: [say("None in the last two days."), "", "", "", ""]}]);
    }

    actions(cell, file) {
      this.play(cell, file, file.begin_ns);
      if (cell.children.length < 2 && file.kind !== "open") cell.append(el("a", {textContent: say("Download"), href: `api/recordings/${encodeURIComponent(file.name)}`, download: file.name}));
    }

    play(cell, file, ns) {
      if (!cell.firstChild) cell.append(el("button", {textContent: say("Play")}));
      cell.className = "actions";
      cell.firstChild.hidden = !file;
      cell.firstChild.onclick = () => player.start(file, ns);
    }
  };
}

const number = (text) => ({text, className: "number"});

/** The slider over all recordings, and the player's buttons. */
class Controls {
  constructor(player, files) {
    this.player = player;
    this.slider = el("input", {type: "range", min: 0, max: 1, step: 1, value: 1});
    this.slider.setAttribute("aria-label", say("Time in the recordings"));
    this.time = el("output");
    this.live = el("button", {textContent: say("Back to live"), onclick: () => player.stop()});
    this.speed = el("select", {onchange: () => { player.speed = Number(this.speed.value); }},
      ...[0.25, 0.5, 1, 2, 4].map((factor) => el("option", {value: factor, textContent: `× ${factor}`, selected: factor === player.speed})));
    this.speed.setAttribute("aria-label", say("Speed of playing"));
    this.slider.addEventListener("input", () => setText(this.time, moment(this.chosen())));
    this.slider.addEventListener("change", () => this.jump(files()));
    this.node = el("div", {className: "player"}, this.slider, el("p", null, this.live, this.speed, this.time));
    this.timer = setInterval(() => this.follow(), 250);
  }

  close() { clearInterval(this.timer); }

  range(files) {
    if (!files.length) return;
    this.begin = Math.min(...files.map((file) => file.begin_ns));
    this.slider.max = Math.ceil((Math.max(...files.map((file) => file.end_ns)) - this.begin) / 1e9);
    this.follow();
  }

  chosen() { return this.begin + Number(this.slider.value) * 1e9; }

  jump(files) {
    const ns = this.chosen();
    const file = files.find((one) => inside(one, ns)) || [...files].reverse().find((one) => one.begin_ns > ns);
    if (file) this.player.start(file, ns);
    else setText(this.time, say("Nothing was recorded then."));
  }

  follow() {
    const {active, at} = this.player;
    this.live.disabled = !active;
    if (this.begin === undefined || document.activeElement === this.slider && !active) return;
    if (!active) {
      this.slider.value = this.slider.max;
      setText(this.time, say("live"));
    } else {
      this.slider.value = Math.round((at - this.begin) / 1e9);
      setText(this.time, moment(at));
    }
  }
}
