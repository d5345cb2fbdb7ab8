// Meanings of the codes, in words. Codes not listed here are shown as they are.

import {language, said} from "./language.js";

/** The server's texts: reasons {text, do, normal}, events {name}, messages {title} by code, and terms by table and value. */
export const WORDS = {reasons: {}, events: {}, messages: {}, road_users: {}, lights: {}, movements: {}, lanes: {}, decisions: {},
  devices: {}, processes: {}, recorder: {}, recordings: {}};

export async function loadWords() {
  Object.assign(WORDS, await (await fetch("api/words")).json());
}

/** A reason as a sentence; one that is not known stands for itself. */
export function sentence(reason) {
  if (!WORDS.reasons[reason]) return reason;
  const text = said(WORDS.reasons[reason], "text");
  return `${capital(text)}${language === "zh" ? "。" : "."}`;
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether silence for a reason is no fault. */
export const isNormal = (reason) => (WORDS.reasons[reason] || {}).normal === true;

/** An event by its code; one that has no row by the rule that found it. */
export const eventName = (event) => said(WORDS.events[event.code] || {}, "name") || event.name || String(event.code);

/** A message's full name, by its kind. */
export const messageTitle = (kind) => said(WORDS.messages[kind] || {}, "title") || "";

/** What the server says of a value that records carry: {name, level, short, lamp, flashes}. Before its words came, nothing is bad. */
const term = (table, value) => WORDS[table][value] || {name: value, level: Object.keys(WORDS[table]).length ? "alarm" : ""};

/** A value of a record in words; one that has no row stands for itself. */
export const named = (table, value) => said(term(table, value), "name");

/** The same for a narrow cell. */
export const short = (table, value) => said(term(table, value), "short") || named(table, value);

/** Mark of a value: ok, off, warn or alarm. */
export const levelOf = (table, value) => term(table, value).level;

/** Values of a table in the order in which they are shown. */
export const values = (table) => Object.keys(WORDS[table]);

/** Lamp that is lit at a light (its colour), and whether it flashes; none: null. */
export const lamp = (light) => (term("lights", light).lamp ? term("lights", light) : null);

/** Letter of the device that saw a road user: of its modality. */
export const sourceMark = (device, devices) =>
  ((devices[device] || {}).modality || {}).mark || device.charAt(0).toUpperCase();

export const kmh = (speed) => Math.round(speed * 3.6);

/** A moment of UTC in ns, in the viewer's time zone. */
export const moment = (ns) => new Date(ns / 1e6).toLocaleString(language === "zh" ? "zh-CN" : "en-GB", {hour12: false});

/** A time span in the unit that a person would use. */
export function span(seconds) {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 99.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  if (seconds < 5970) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A count with thin spaces between thousands. */
export const count = (number) => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, "\u2009");
