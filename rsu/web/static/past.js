// The states and curves of the last hours, as the history tells them.

import {isNormal, levelOf, moment, named} from "./words.js";
import {language, say} from "./language.js";

/** Mark of a state of a thing: its name tells the kind ("device gnss", "message rsm"). */
function level(name, state) {
  const kind = name.split(" ")[0], [word, ...reasons] = state.split(" ");
  if (kind === "device") return levelOf("devices", word);
  if (kind === "message") return word === "silent" && reasons.some(isNormal) ? "off" : levelOf("decisions", word);
  if (kind === "process") return levelOf("processes", word);
  if (kind === "alarm") return word === "on" ? "alarm" : "none";
  return state === "not connected" ? "warn" : "ok";
}

/** A state in words. */
export function stateText(name, state, chinese) {
  const kind = name.split(" ")[0], [word, ...rest] = state.split(" ");
  const table = {device: "devices", message: "decisions", process: "processes"}[kind];
  if (kind === "alarm") return say(word === "on" ? "raised" : "over");
  if (kind === "box") return say("started {}", moment(Number(rest[0]) * 1e9));
  if (kind === "uplink") return say(state === "connected" ? "connected" : "disconnected");
  if (language === "zh" && kind === "device" && chinese) return `${named(table, word)} ${chinese.split(" ").slice(1).join(" ")}`;
  return [named(table, word), ...rest].join(" ");
}

/** {name: [[from, to, level], ...]} of all that changed, gaps of the record included. */
export function spans(history) {
  const found = {}, open = {};
  const end = (name, ns) => open[name] && open[name][2] !== "none" && (found[name] = found[name] || []).push([open[name][0], ns, open[name][2]]);
  for (const [ns, name, state] of history.changes) {
    end(name, ns);
    found[name] = found[name] || [];
    open[name] = [Math.max(ns, history.begin_ns), 0, level(name, state)];
  }
  for (const name of Object.keys(open)) end(name, history.now_ns);
  return found;
}

/** When nothing was recorded, so that the box or its page was off: [from, to, "gap"]. */
export function gaps(history) {
  const users = history.curves["road users"] || [], step = (history.now_ns - history.begin_ns) / (users.length || 1);
  const last = users.length - 2; // the newest minute is not over
  return users.flatMap((value, i) => (value === null && i < last ? [[history.begin_ns + i * step, history.begin_ns + (i + 1) * step, "gap"]] : []));
}
