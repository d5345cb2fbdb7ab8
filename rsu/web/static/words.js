// Meanings of the codes, in words. Codes not listed here are shown as they are.

import {language, said, say} from "./language.js";

/** The server's texts of codes: reasons {text, do, normal}, events {name}, messages {title}, each by its code. */
export const WORDS = {reasons: {}, events: {}, messages: {}};

export async function loadWords() {
  Object.assign(WORDS, await (await fetch("api/words")).json());
}

/** A reason as a sentence; one that is not known stands for itself. */
export function sentence(reason) {
  if (!WORDS.reasons[reason]) return reason;
  const text = said(WORDS.reasons[reason], "text");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${language === "zh" ? "。" : "."}`;
}

/** Whether silence for a reason is no fault. */
export const isNormal = (reason) => (WORDS.reasons[reason] || {}).normal === true;

/** An event by its code; one that has no row by the rule that found it. */
export const eventName = (event) => said(WORDS.events[event.code] || {}, "name") || event.name || String(event.code);

/** A message's full name, by its kind. */
export const messageTitle = (kind) => said(WORDS.messages[kind] || {}, "title") || "";

export const DECISIONS = {send: "sending", degraded: "degraded", silent: "silent"};

export const KINDS = {
  car: "Car", truck: "Truck", bus: "Bus", motorcycle: "Motorcycle", bicycle: "Bicycle", pedestrian: "Pedestrian",
  unknown: "Unknown",
};

export const LIGHTS = {
  "unavailable": "unknown", "dark": "dark", "red": "red", "flashing-red": "flashing red", "yellow": "yellow",
  "flashing-yellow": "flashing yellow", "permissive-green": "yield", "protected-green": "green",
  "flashing-green": "flashing green",
};

export const MOVEMENTS = {left: "Left", straight: "Straight", right: "Right", uturn: "U-turn", crosswalk: "Crosswalk"};

export const kindName = (kind) => say(KINDS[kind] || kind);
export const lightName = (light) => say(LIGHTS[light] || light);

/** Letter of the device that saw a road user: of its modality. */
export const sourceMark = (device, devices) =>
  ((devices[device] || {}).modality || {}).mark || device.charAt(0).toUpperCase();

export const kmh = (speed) => Math.round(speed * 3.6);

/** A time span in the unit that a person would use. */
export function span(seconds) {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 99.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  if (seconds < 5970) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A count with thin spaces between thousands. */
export const count = (number) => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, "\u2009");
