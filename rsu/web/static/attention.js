// Everything that is not as it should be, worst first. The texts hold no running figures: screen readers read each once.

import {eventName} from "./events.js";
import {NORMAL, REASONS} from "./words.js";

const LINKS = {
  lost: "No connection to this page's server. Nothing shown here is current.",
  waiting: "The station has not said anything yet.",
  stale: "The station has stopped reporting. The picture is old.",
};

/** List of {key, level: alarm or warn, text} for a state as the page has it, and the state of the link. */
export function attention(state, link) {
  const items = [];
  const add = (key, level, text) => items.push({key, level, text});
  if (link !== "live") add("link", "alarm", LINKS[link]);
  for (const message of Object.values(state.messages || {})) {
    const reasons = message.reasons.filter((reason) => !NORMAL.includes(reason));
    const why = reasons.map((reason) => REASONS[reason] || reason).join(" ");
    const name = message.kind.toUpperCase();
    if (message.decision === "silent" && reasons.length) add(message.kind, "alarm", `${name} is silent. ${why}`);
    if (message.decision === "degraded") add(message.kind, "warn", `${name} is degraded. ${why}`);
  }
  for (const device of Object.values(state.devices || {})) {
    if (device.state === "lost") add(`device ${device.name}`, "alarm", `${device.name} is lost.`);
    if (device.state === "starting") add(`device ${device.name}`, "warn", `${device.name} is starting.`);
  }
  for (const process of Object.values(state.processes || {})) {
    if (process.state !== "running") add(`process ${process.name}`, "warn", `Process ${process.name} is ${process.state}.`);
  }
  const uplink = state.uplink;
  if (uplink && !uplink.connected && !uplink.platform.startsWith("none")) {
    add("uplink", "warn", "The cloud platform is not reached; records wait in the spool.");
  }
  for (const event of Object.values(state.events || {})) {
    add(`event ${event.id}`, "warn", `${eventName(event)} ${where(event)}.`);
  }
  return items.sort((a, b) => (a.level === "alarm" ? 0 : 1) - (b.level === "alarm" ? 0 : 1));
}

/** Where an event is, in words. */
export function where(place) {
  if (!place.link) return "in the junction";
  return place.lane == null ? `on ${place.link}` : `on ${place.link}, lane ${place.lane}`;
}
