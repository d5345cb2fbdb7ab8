// The one WebSocket: JSON Merge Patches (RFC 7396) from the empty document on; each is acknowledged, then the next comes.

import {stayLoggedIn} from "./ask.js";

const RETRY_MS = 500;
const RETRY_MAX_MS = 4000;
const QUIET_MS = 3000; // the server says something every second
const DEAD_MS = 5000;

/** Silence in ms after which a part of the document is old; each part comes from its own process. */
export const PARTS = {station: 1000, uplink: 5000, recorder: 5000, supervisor: 5000};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Apply a patch to a document in place. */
export function merge(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete target[name];
    else if (isObject(value)) target[name] = merge(isObject(target[name]) ? target[name] : {}, value);
    else target[name] = value;
  }
  return target;
}

/** Keeps the server's document, and knows by its own clock how old it is. Times in ms of performance.now(). */
export class Live {
  constructor(url, onPatch) {
    this.url = url;
    this.onPatch = onPatch;
    this.state = {};
    this.open = false;
    this.heardAt = -Infinity; // when anything came
    this.news = {}; // part -> when its process last said something new
    this.retry = RETRY_MS;
    this.connect();
  }

  connect() {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.attemptAt = performance.now();
    this.fresh = true;
    socket.onmessage = ({data}) => {
      if (socket !== this.socket) return;
      this.take(JSON.parse(data), performance.now());
      socket.send("ok");
    };
    socket.onclose = () => socket === this.socket && this.again();
  }

  take(patch, now) {
    this.open = true;
    this.retry = RETRY_MS;
    this.heardAt = now;
    this.state = merge(this.fresh ? {} : this.state, patch);
    for (const part of Object.keys(PARTS)) if (patch[part] || this.fresh) this.news[part] = now;
    this.fresh = false;
    this.onPatch(patch, now);
  }

  again() {
    stayLoggedIn().catch(() => {}); // without a server there is none to ask
    this.open = false;
    this.socket = null;
    setTimeout(() => this.socket === null && this.connect(), this.retry);
    this.retry = Math.min(RETRY_MAX_MS, this.retry * 1.6);
  }

  /** Give up a connection that says nothing: a half-open one never closes by itself. */
  watch(now) {
    if (this.socket && now - Math.max(this.heardAt, this.attemptAt) > DEAD_MS) {
      const socket = this.socket;
      this.again();
      socket.close();
    }
  }

  /** lost: no word from the page's server; waiting, stale: none from the station; live. */
  status(now) {
    if (!this.open || now - this.heardAt > QUIET_MS) return "lost";
    if (!this.state.station) return "waiting";
    return this.isOld("station", now) ? "stale" : "live";
  }

  isOld(part, now) {
    return !this.open || now - this.heardAt > QUIET_MS || now - this.news[part] > PARTS[part];
  }
}
