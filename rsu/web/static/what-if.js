// What an edited site would change on air: the end of a recording replayed with both sites.

import {el} from "./dom.js";
import {done} from "./jobs.js";
import {language, said, say} from "./language.js";
import {setText} from "./table.js";
import {messageTitle, moment} from "./words.js";

const $ = (id) => document.getElementById(id);
let answer = null;

/** Offer the replay of edited files; `files`: returns them. */
export function offer(files) {
  $("replay").addEventListener("click", async () => {
    $("replay").disabled = true;
    setText($("replay-problem"), "");
    const found = await done("api/site/replay", {files: files(), seconds: Number($("replayed-s").value), language},
      (seconds) => setText($("replay-state"), say("At work for {} s", Math.round(seconds))));
    $("replay").disabled = false;
    setText($("replay-state"), "");
    setText($("replay-problem"), found.state === "failed" ? said(found, "text") : "");
    answer = found.state === "done" ? found.answer : null;
    show();
  });
}

/** The files were edited further: what was replayed is no more theirs. */
export function forget(possible) {
  answer = null;
  $("replay").disabled = !possible;
  show();
}

export function show() {
  $("replayed").hidden = !answer;
  if (!answer) return;
  setText($("replayed-sentence"), `${said(answer, "sentence")} ${say("Replayed: {} s up to {}", answer.seconds, moment(answer.end_ns))}`);
  $("replayed-rows").replaceChildren(...messages(), ...events(), ...figures());
}

const row = (name, ...cells) => el("tr", null, el("td", {textContent: name}), ...cells.map((text) => el("td", {className: "number", textContent: text})));

function* messages() {
  for (const each of answer.messages) {
    const title = messageTitle(each.kind) || each.kind.toUpperCase();
    if (each.differ) yield row(say("{}: cycles that differ", title), "", each.differ);
    if (each.a_frames !== each.b_frames) yield row(title, each.a_frames, each.b_frames);
  }
}

function* events() {
  const time = (ns) => (ns === null ? say("never") : moment(ns));
  for (const each of answer.events) if (each.a_ns !== each.b_ns) yield row(say("event {} {}, {}", each.code, said(each, "name"), said(each, "place")), time(each.a_ns), time(each.b_ns));
}

function* figures() {
  const told = (value, digits) => (value === null ? "–" : value.toFixed(digits));
  for (const each of answer.indicators) {
    if (each.delta === null || each.word === "same") continue;
    yield row(each.unit ? `${said(each, "name")}, ${each.unit}` : said(each, "name"), told(each.a, each.digits), told(each.b, each.digits));
  }
}
