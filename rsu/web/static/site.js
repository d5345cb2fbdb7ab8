// The site file on the page: edited with its mistakes while typing, what a change does, saving, versions.

import {ask, askPatiently} from "./ask.js";
import {el} from "./dom.js";
import {Editor, keyAt} from "./editor.js";
import {begin} from "./frame.js";
import {language, said, say} from "./language.js";
import {define, setClass, setText} from "./table.js";
import {Versions} from "./versions.js";
import {forget, offer} from "./what-if.js";
import {loadWords} from "./words.js";

const CHECK_MS = 500; // after the last key
const $ = (id) => document.getElementById(id);
const DROP_IN = /^\d\d-[\w.-]+\.yaml$/;

let site = {files: {}}, files = {}, open = "", judged = {findings: [], changes: []}, timer = 0, asked = 0, checking = false;

const editor = new Editor($("editor"), () => { files[open] = editor.text; changed(); }, explain);
const versions = new Versions(load, notice);
const dirty = () => JSON.stringify(files) !== JSON.stringify(site.files);

function notice(text) {
  setText($("notice"), text);
  $("notice").hidden = !text;
}

/** Fetch the files as they stand. */
async function load() {
  const answer = await ask("api/site");
  if (!answer.ok) { notice(said(answer.told, "text")); return; }
  site = answer.told;
  files = {...site.files};
  if (!(open in files)) open = site.main;
  notice(site.writable ? "" : say("The daemon's user may not write {}: changes cannot be saved here.", site.site));
  show();
  await check();
  await versions.load();
}

function show() {
  $("file").replaceChildren(...Object.keys(files).sort((a, b) => (b === site.main) - (a === site.main) || a.localeCompare(b))
    .map((name) => el("option", {value: name, textContent: name, selected: name === open})));
  $("remove").hidden = !open.startsWith("conf.d/");
  editor.open(files[open], false);
  showVerdict();
}

function changed() {
  asked++;
  checking = true;
  showVerdict();
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_MS);
}

async function check() {
  const number = ++asked;
  checking = true;
  showVerdict();
  const answer = await askPatiently("api/site/check", {files});
  if (number !== asked) return;
  checking = false;
  judged = answer.ok ? answer.told : {findings: [], changes: []};
  setText($("problem"), answer.ok ? "" : said(answer.told, "text"));
  showVerdict();
}

const place = (finding) => `${finding.file}:${finding.line}:${finding.column}`;

function showVerdict() {
  const errors = judged.findings.filter((each) => each.level === "error").length, warnings = judged.findings.length - errors;
  setClass($("verdict"), `mark ${checking ? "off" : errors ? "alarm" : warnings ? "warn" : "ok"}`);
  setText($("verdict"), checking ? say("checking") : errors ? say("{} errors, {} warnings", errors, warnings)
    : warnings ? say("{} warnings", warnings) : say("none"));
  editor.mark(judged.findings.filter((each) => each.file === open));
  $("findings").replaceChildren(...judged.findings.map((each) => {
    const go = el("button", {className: "plain", textContent: place(each)});
    go.addEventListener("click", () => jump(each));
    const text = [each.key, said(each, "text")].filter(Boolean).join(": ");
    return el("li", {className: `mark ${each.level === "error" ? "alarm" : "warn"}`}, go, ` ${text}`);
  }));
  showChanges();
  forget(!checking && errors === 0 && dirty());
  $("save").disabled = checking || errors > 0 || !dirty() || !site.writable;
  $("discard").disabled = !dirty();
}

function jump(finding) {
  if (finding.file in files && finding.file !== open) { open = finding.file; show(); }
  editor.go(finding.line, finding.column);
}

const value = (each) => (each === null || each === undefined ? "–" : JSON.stringify(each));

function showChanges() {
  const {changes} = judged;
  $("changes").hidden = changes.length === 0;
  $("no-changes").hidden = changes.length > 0;
  $("changes").tBodies[0].replaceChildren(...changes.map((each) => el("tr", null, ...[each.key, value(each.before),
    value(each.after), said(each, "effect")].map((text) => el("td", {textContent: text})))));
}

/** Explain the key at a line of the open file. */
async function explain(line) {
  const path = /\.ya?ml$/.test(open) ? keyAt(files[open], line) : "";
  const answer = path ? await ask(`api/site/key?path=${encodeURIComponent(path)}`) : {ok: false};
  const rows = answer.ok ? answer.told : [];
  const heads = [say("Meaning"), say("Value"), say("Default"), say("A change takes effect")];
  if (rows.length !== 1) define($("key"), Object.fromEntries(rows.map((row) => [row.key, row[language][0]])));
  else define($("key"), {[say("Key")]: rows[0].key, ...Object.fromEntries(rows[0][language].map((text, i) => [heads[i], text || "–"]))});
}

async function save(event) {
  event.preventDefault();
  $("save").disabled = true;
  notice(say("Saving; the daemon takes it into use."));
  let answer;
  try {
    answer = await ask("api/site", {files, why: $("why").value, base: site.base});
  } catch (error) {
    location.reload(); // the page itself starts anew with its settings
    return;
  }
  notice("");
  setText($("problem"), answer.ok || answer.status === 422 ? "" : said(answer.told, "text"));
  if (answer.status === 422) { judged = answer.told; showVerdict(); return; }
  if (!answer.ok) return;
  $("why").value = "";
  await load();
  notice(answer.told.refused ? say("Saved as version {}, but not in use: {}", answer.told.version, answer.told.refused)
    : say("Version {} is in use.", answer.told.version));
}

function add() {
  const name = prompt(say("Name of the drop-in, such as 20-radar.yaml"), "20-local.yaml");
  if (name === null) return;
  if (!DROP_IN.test(name)) { notice(say("A drop-in has a name such as 20-radar.yaml.")); return; }
  open = `conf.d/${name}`;
  files[open] = files[open] || "\n";
  show();
  changed();
}

$("file").addEventListener("change", () => { open = $("file").value; show(); });
$("add").addEventListener("click", add);
$("remove").addEventListener("click", () => { delete files[open]; open = site.main; show(); changed(); });
$("discard").addEventListener("click", () => { files = {...site.files}; if (!(open in files)) open = site.main; show(); check(); });
$("save-form").addEventListener("submit", save);
window.addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
offer(() => files);
begin(() => { showVerdict(); versions.show(); explain(editor.line || 1); }).then(loadWords).then(load);
