// Access: the way for a phone, the users and their roles, the log of changes.

import {ask, session} from "./ask.js";
import {el} from "./dom.js";
import {begin} from "./frame.js";
import {said, say} from "./language.js";
import {setClass, setText} from "./table.js";

const $ = (id) => document.getElementById(id);
let me = {}, users = {}, changes = null;

async function showReach() {
  const answer = await ask("api/reach");
  $("no-https").hidden = answer.ok;
  $("reach").hidden = !answer.ok;
  if (!answer.ok) return;
  $("qr").src = answer.told.code;
  setText($("fingerprint"), answer.told.fingerprint);
  $("urls").replaceChildren(...answer.told.urls.map((url) => el("li", null, el("a", {href: url, textContent: url}))));
}

// words of entries; names, keys and reasons stand as they are
const WORDS = {login: "登录", "first user": "首个用户", user: "用户", password: "密码", recorder: "录制", reload: "重新加载", site: "站点", "first site": "新建站点",
  done: "完成", refused: "拒绝", "locked out": "已锁定"};
const word = (text) => said({name: text, name_zh: WORDS[text]}, "name");

const roleName = (role) => said({name: role, name_zh: {view: "查看", tune: "调试", administer: "管理"}[role]}, "name");

function showUsers() {
  $("users").tBodies[0].replaceChildren(...Object.entries(users).map(([name, role]) => {
    const remove = el("button", {className: "plain", textContent: say("Remove")});
    remove.setAttribute("aria-label", say("Remove {}", name));
    remove.addEventListener("click", () => confirm(say("Remove the user {}?", name)) && change({name}));
    return el("tr", null, el("td", {className: "name", textContent: name}), el("td", {textContent: roleName(role)}), el("td", null, remove));
  }));
}

async function change(user) {
  const answer = await ask("api/users", user);
  setText($("user-problem"), answer.ok ? "" : said(answer.told, "text"));
  if (!answer.ok) return;
  users = answer.told;
  showUsers();
  await loadAudit();
}

async function submit(event) {
  event.preventDefault();
  const user = {name: $("new-name").value.trim(), role: $("new-role").value, password: $("new-password").value || null};
  await change(user);
  $("new-password").value = "";
}

async function changeOwn(event) {
  event.preventDefault();
  const answer = await ask("api/password", {password: $("own-password").value, new: $("own-new").value});
  setText($("own-problem"), answer.ok ? "" : said(answer.told, "text"));
  setText($("own-done"), answer.ok ? say("The password is changed; your other sessions have ended.") : "");
  if (!answer.ok) return;
  $("own-form").reset();
  await session(); // a new one has begun
}

function showAudit() {
  if (!changes) return;
  const [fault] = changes.faults;
  setClass($("chain"), `mark ${fault ? "alarm" : "ok"}`);
  setText($("chain"), fault ? say("The log was changed at {}, line {}.", fault[0], fault[1]) : say("The log is whole: each entry holds the hash of the one before."));
  const value = (each) => (each === null || each === undefined ? "–" : typeof each === "string" ? each : JSON.stringify(each));
  $("audit").tBodies[0].replaceChildren(...changes.entries.map((entry) => {
    const at = new Date(entry.utc_s * 1000).toISOString().slice(0, 19).replace("T", " ");
    const cells = [at, entry.actor, `${word(entry.action)} ${entry.about}`, value(entry.before), value(entry.after), word(entry.outcome)];
    return el("tr", null, ...cells.map((text) => el("td", {textContent: text})));
  }));
}

async function loadAudit() {
  changes = (await ask("api/audit")).told;
  showAudit();
}

async function load() {
  await showReach();
  $("own-card").hidden = !me.login;
  const administers = me.role === "administer";
  for (const id of ["users-card", "audit-card"]) $(id).hidden = !administers;
  if (!administers) return;
  users = (await ask("api/users")).told;
  showUsers();
  await loadAudit();
}

$("user-form").addEventListener("submit", submit);
$("own-form").addEventListener("submit", changeOwn);
begin(() => { showUsers(); showAudit(); }).then((found) => { me = found; load(); });
