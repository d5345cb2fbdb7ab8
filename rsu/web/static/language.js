// The page's language: the one that was chosen on it, else the browser's. English stands where it is said.

import {PAGE} from "./chinese.js";
import {MAPS} from "./chinese-maps.js";
import {SENSORS} from "./chinese-sensors.js";
import {SETUP} from "./chinese-setup.js";
import {SHEETS} from "./chinese-sheets.js";

const CHINESE = {...PAGE, ...SETUP, ...SHEETS, ...SENSORS, ...MAPS};
const KEY = "language";
const ATTRIBUTES = ["title", "aria-label", "alt"];
const flat = (text) => text.replace(/\s+/g, " ").trim();
const listeners = [];
let fixed = null; // [put, English text] of what stands in the document itself

export let language = localStorage.getItem(KEY) || (navigator.language.startsWith("zh") ? "zh" : "en");

/** A text in the page's language; {} are its figures, in Chinese perhaps in another order: {1}, {0}. */
export function say(english, ...figures) {
  const text = (language === "zh" && CHINESE[english]) || english;
  let next = 0;
  return text.replace(/\{(\d?)\}/g, (_, place) => figures[place === "" ? next++ : Number(place)]);
}

/** A text that the server says in both languages: under its name, and with _zh. */
export const said = (record, name) => (language === "zh" && record[`${name}_zh`]) || record[name];

/** Call back when the language has changed. */
export function onLanguageChange(callback) { listeners.push(callback); }

export function choose(other) {
  language = other;
  localStorage.setItem(KEY, other);
  translate();
  listeners.forEach((callback) => callback());
}

/** Say what stands in the document in the page's language. */
export function translate() {
  fixed = fixed || [...texts(), ...attributes()];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const [put, english] of fixed) put(say(english));
}

function* texts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const [one, data, english] = [node, node.data, flat(node.data)];
    const [before, after] = [/^\s/.test(data) ? " " : "", /\s$/.test(data) ? " " : ""];
    if (english in CHINESE) yield [(text) => { one.data = before + text + after; }, english];
  }
}

function* attributes() {
  for (const name of ATTRIBUTES) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      const english = node.getAttribute(name);
      if (english in CHINESE) yield [(text) => node.setAttribute(name, text), english];
    }
  }
}
