// Everything that is not as it should be, worst first. The texts hold no running figures: screen readers read each once.

import {said, say} from "./language.js";
import {eventName, isNormal} from "./words.js";

const LINKS = {
  lost: "No connection to this page's server. Nothing shown here is current.",
  waiting: "The station has not said anything yet.",
  stale: "The station has stopped reporting. The picture is old.",
};

/** List of {key, level: alarm or warn, text} for a state as the page has it, the link's status and the old parts. */
export function attention(state, link, old) {
  const items = link === "live" ? rows(state.events).map(event) : [{key: "link", level: "alarm", text: say(LINKS[link])}];
  if (link === "lost") return items;
  if (old.includes("supervisor")) items.push({key: "supervisor", level: "alarm", text: say("The supervisor does not report.")});
  items.push(...Object.entries(state.troubles || {}).map(([key, trouble]) => ({key, level: trouble.level, text: said(trouble, "text")})));
  items.push(...Object.entries(state.forecasts || {}).map(([key, soon]) => ({key: `soon ${key}`, level: "warn", text: said(soon, "text")})));
  return items.sort((a, b) => (a.level === "alarm" ? 0 : 1) - (b.level === "alarm" ? 0 : 1));
}

const rows = (table) => Object.values(table || {});
const event = (one) => ({key: `event ${one.id}`, level: "warn", text: say("{} {}.", eventName(one), where(one))});

/** Whether a message is silent because it is meant to be, whatever else holds. */
export function isMeant(message) {
  return message.decision === "silent" && message.reasons.some(isNormal);
}

/** Where an event is, in words. */
export function where(place) {
  if (!place.link) return say("in the junction");
  return place.lane == null ? say("on {}", place.link) : say("on {}, lane {}", place.link, place.lane);
}
