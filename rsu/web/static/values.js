// Values of the site saved by their keys.

import {ask} from "./ask.js";
import {said, say} from "./language.js";

/** Save values by dotted key; return {notice, problem} to be told. The page's own process may start anew with them. */
export async function save(values, why) {
  let answer;
  try {
    answer = await ask("api/site/values", {values, why});
  } catch (error) {
    location.reload();
    return {notice: say("Saving; the daemon takes it into use."), problem: ""};
  }
  if (answer.status === 422) return {notice: "", problem: answer.told.findings.map((each) => [each.key, said(each, "text")].join(": ")).join("\n")};
  if (!answer.ok) return {notice: "", problem: said(answer.told, "text")};
  const {version, refused} = answer.told;
  return {problem: "", notice: refused ? say("Saved as version {}, but not in use: {}", version, refused) : say("Version {} is in use.", version)};
}
