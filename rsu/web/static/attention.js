// Everything that is not as it should be, worst first. The texts hold no running figures: screen readers read each once.

import {eventName} from "./events.js";
import {NORMAL, REASONS} from "./words.js";

const LINKS = {
  lost: "No connection to this page's server. Nothing shown here is current.",
  waiting: "The station has not said anything yet.",
  stale: "The station has stopped reporting. The picture is old.",
};

/** List of {key, level: alarm or warn, text} for a state as the page has it, the link's status and the old parts. */
export function attention(state, link, old) {
  const items = link === "live" ? station(state) : [{key: "link", level: "alarm", text: LINKS[link]}];
  if (link === "lost") return items;
  items.push(...(old.includes("supervisor") ? [alarm("supervisor", "The supervisor does not report.")] : processes(state)));
  items.push(...(old.includes("uplink") ? [alarm("uplink", "The uplink process does not report.")] : uplink(state)));
  if (!old.includes("recorder")) items.push(...recorder(state));
  return items.sort((a, b) => (a.level === "alarm" ? 0 : 1) - (b.level === "alarm" ? 0 : 1));
}

const alarm = (key, text) => ({key, level: "alarm", text});
const warn = (key, text) => ({key, level: "warn", text});
const rows = (table) => Object.values(table || {});

function station(state) {
  const messages = rows(state.messages).filter((message) => message.decision !== "send" && !isMeant(message));
  const air = messages.map((message) => {
    const why = message.reasons.map((reason) => REASONS[reason] || reason).join(" ");
    const text = `${message.kind.toUpperCase()} is ${message.decision}. ${why}`;
    return (message.decision === "silent" ? alarm : warn)(message.kind, text);
  });
  const devices = rows(state.devices).filter((device) => device.state !== "ok").map((device) =>
    (device.state === "lost" ? alarm : warn)(`device ${device.name}`, `${device.name} is ${device.state}.`));
  const events = rows(state.events).map((event) => warn(`event ${event.id}`, `${eventName(event)} ${where(event)}.`));
  return [...air, ...devices, ...events];
}

function processes(state) {
  return rows(state.processes).filter((process) => process.state !== "running").map((process) =>
    warn(`process ${process.name}`, `Process ${process.name} is ${process.state}.`));
}

function uplink({uplink: state}) {
  if (!state || state.connected || state.platform.startsWith("none")) return [];
  return [warn("uplink", "The cloud platform is not reached; records wait in the spool.")];
}

function recorder({recorder: state}) {
  return state && state.state === "paused" ? [warn("recorder", `Nothing is recorded: ${state.error}.`)] : [];
}

/** Whether a message is silent because it is meant to be, whatever else holds. */
export function isMeant(message) {
  return message.decision === "silent" && message.reasons.some((reason) => NORMAL.includes(reason));
}

/** Where an event is, in words. */
export function where(place) {
  if (!place.link) return "in the junction";
  return place.lane == null ? `on ${place.link}` : `on ${place.link}, lane ${place.lane}`;
}
