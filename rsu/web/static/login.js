// Login: name and password; at the first start with the one-time code of the box.

import {ask} from "./ask.js";
import {begin} from "./frame.js";
import {said, say} from "./language.js";
import {setText} from "./table.js";

const $ = (id) => document.getElementById(id);
let first = false; // whether a user is made

function show() {
  for (const id of ["first", "code", "code-label"]) $(id).hidden = !first;
  $("with-code").hidden = first;
  $("code").required = first;
  $("password").autocomplete = first ? "new-password" : "current-password";
  setText($("title"), say(first ? "First administrator" : "Log in"));
}

async function submit(event) {
  event.preventDefault();
  const given = {name: $("name").value.trim(), password: $("password").value};
  setText($("problem"), "");
  try {
    const answer = await (first ? ask("api/setup", {...given, code: $("code").value}) : ask("api/login", given));
    if (answer.ok) location.assign("./");
    else setText($("problem"), said(answer.told, "text"));
  } catch (error) {
    setText($("problem"), say("the page's server does not answer"));
  }
}

$("login").addEventListener("submit", submit);
$("with-code").addEventListener("click", () => { first = true; show(); $("code").focus(); });
begin(show).then((found) => { first = found.setup === true; show(); (first ? $("code") : $("name")).focus(); });
