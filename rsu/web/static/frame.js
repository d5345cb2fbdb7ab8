// What every page beside the live one has: its language, the session, the way out.

import {ask, session} from "./ask.js";
import {choose, language, onLanguageChange, translate} from "./language.js";
import {setText} from "./table.js";

const $ = (id) => document.getElementById(id);

function showLanguage() {
  setText($("language"), language === "zh" ? "English" : "中文");
  $("language").lang = language === "zh" ? "en" : "zh-CN";
  if ($("manual")) $("manual").href = `manual/${language}/index`;
}

/** Begin a page; `again`: called when the language has changed. */
export async function begin(again) {
  translate();
  showLanguage();
  $("language").addEventListener("click", () => choose(language === "zh" ? "en" : "zh"));
  onLanguageChange(() => { showLanguage(); again(); });
  const found = await session();
  if ($("logout")) {
    $("logout").hidden = !found.login;
    $("logout").addEventListener("click", leave);
    setText($("user"), found.login ? found.name : "");
  }
  return found;
}

async function leave() {
  await ask("api/logout", {});
  location.assign("login.html");
}
