// The recorder: its state, its recordings, and the buttons that order it.

import {ask} from "./ask.js";
import {said, say} from "./language.js";
import {define, setClass, setText, Table} from "./table.js";
import {count, levelOf, named} from "./words.js";

const $ = (id) => document.getElementById(id);
const size = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

export class Recorder {
  constructor() {
    this.files = new Table($("files"));
    this.verb = "start";
    $("record").addEventListener("click", () => this.order({verb: this.verb}));
    $("keep").addEventListener("click", () => this.order({verb: "keep", why: "from the page"}));
  }

  show(state) {
    $("recordings").hidden = !state;
    if (!state) return;
    this.verb = state.state === "stopped" ? "start" : "stop";
    setText($("record"), say(this.verb === "start" ? "Record" : "Stop"));
    $("keep").disabled = state.state !== "recording";
    setClass($("recorder"), `mark ${levelOf("recorder", state.state)}`);
    const name = named("recorder", state.state);
    setText($("recorder"), state.error ? say("{}: {}", name, said(state, "error")) : name);
    define($("shelf"), {[say("Recordings")]: count(state.files), [say("On disk")]: size(state.total_bytes),
      [say("Room left")]: size(state.room_bytes), [say("Lost ticks")]: count(state.lost_ticks)});
    this.files.show(state.newest.map((file) => ({
      key: file.name,
      cells: [{text: new Date(file.begin_ns / 1e6).toISOString().slice(0, 19).replace("T", " "), title: file.name},
        {text: named("recordings", file.kind), className: file.kind === "kept" ? "strong" : ""}, {text: size(file.bytes), className: "number"}],
      notes: file.why ? [say("kept for {}", file.why)] : [],
    })));
  }

  async order(order) {
    for (const id of ["record", "keep"]) $(id).disabled = true;
    try {
      const answer = await ask("api/recorder", order);
      if (!answer.ok) setText($("recorder"), said(answer.told, "text"));
    } catch (error) {
      setText($("recorder"), say("the page's server does not answer"));
    }
    for (const id of ["record", "keep"]) $(id).disabled = false;
  }
}
