// The doctor: runs all probes and shows verdict, value, limit; of what is not fine also why it matters and what to do.

import {ask} from "./ask.js";
import {el} from "./dom.js";
import {begin} from "./frame.js";
import {said, say} from "./language.js";
import {setText} from "./table.js";

const $ = (id) => document.getElementById(id);
const MARKS = {fine: "ok", warn: "warn", bad: "alarm", none: "off"};
const WORST = ["bad", "warn", "fine", "none"];
let answer = null; // of the last examination
let busy = false;

const verdict = (code) => ({fine: say("fine"), warn: say("warning"), bad: say("bad"), none: say("not applicable")})[code];

/** A text whose commands stand between backticks. */
function prose(tag, text) {
  const parts = text.split("`").map((part, at) => (at % 2 ? el("code", {textContent: part}) : part));
  return el(tag, null, ...parts);
}

function valueLine(value) {
  const about = said(value, "about");
  return el("li", null, about ? `${about}: ${said(value, "value")}` : said(value, "value"));
}

function probeRow(probe) {
  const wrong = probe.verdict === "bad" || probe.verdict === "warn";
  const shown = wrong ? probe.values.filter((value) => value.verdict === probe.verdict || value.verdict === "bad") : probe.values;
  const row = el("article", {className: "probe"},
    el("span", {className: `mark ${MARKS[probe.verdict]}`, textContent: verdict(probe.verdict)}),
    prose("h3", said(probe, "title")),
    el("ul", null, ...shown.map(valueLine)),
    el("p", {className: "limit", textContent: said(probe, "limit")}));
  if (wrong) {
    row.append(el("dl", null,
      el("dt", {textContent: say("Why")}), prose("dd", said(probe, "why")),
      el("dt", {textContent: say("Do")}), prose("dd", said(probe, "do"))));
  }
  return row;
}

function groupCard(probes) {
  const card = el("section", {className: "card"}, el("h2", {textContent: said(probes[0], "group_title")}));
  const sorted = [...probes].sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
  card.append(...sorted.map(probeRow));
  return card;
}

function worstFirst(groups) {
  const rank = (probes) => Math.min(...probes.map((probe) => WORST.indexOf(probe.verdict)));
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

function show() {
  $("examine").disabled = busy;
  const {fine, warn, bad, none} = answer ? answer.counts : {};
  const counts = answer ? say("{} bad, {} warnings, {} fine, {} not applicable", bad, warn, fine, none) : "";
  setText($("doctor-state"), busy ? say("Examining ...") : counts);
  const groups = new Map();
  for (const probe of answer && !busy ? answer.probes : []) groups.set(probe.group, [...(groups.get(probe.group) || []), probe]);
  $("groups").replaceChildren(...worstFirst(groups.values()).map(groupCard));
}

async function examine() {
  busy = true;
  setText($("doctor-problem"), "");
  show();
  try {
    const found = await ask("api/doctor", {});
    answer = found.ok ? found.told : null;
    setText($("doctor-problem"), found.ok ? "" : said(found.told, "text"));
  } finally {
    busy = false;
    show();
  }
}

$("examine").addEventListener("click", examine);
begin(show).then(show);
