// Playing recorded road users on the map: the file is fetched in pieces, drawn like the live ones, at its own speed.

const PIECE_S = 20;
const AHEAD_NS = 5e9; // fetched so long before it is needed

export class Playback {
  /** `onFrame(tracks, ns)` gets every recorded frame when its time has come; with nulls at the end. */
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.file = null;
    this.speed = 1;
  }

  get active() { return this.file !== null; }

  /** Play a recording {name, begin_ns, end_ns} from a moment on. */
  start(file, ns) {
    this.stop();
    this.file = file;
    this.frames = [];
    this.fetchedTo = this.at = Math.max(ns, file.begin_ns);
    this.fetching = false;
    this.last = performance.now();
    this.timer = setInterval(() => this.step(), 50);
    this.fetch();
  }

  stop() {
    clearInterval(this.timer);
    if (!this.file) return;
    this.file = null;
    this.onFrame(null, null);
  }

  seek(ns) { if (this.file) this.start(this.file, ns); }

  step() {
    const now = performance.now(), next = this.frames[0];
    if (this.fetchedTo - this.at < AHEAD_NS && this.fetchedTo < this.file.end_ns) this.fetch();
    if (next || this.fetchedTo > this.at) this.at += (now - this.last) * 1e6 * this.speed; // waits for the first piece
    this.last = now;
    while (this.frames.length && this.frames[0].ns <= this.at) {
      const frame = this.frames.shift();
      if (!this.frames.length || this.frames[0].ns > this.at) this.show(frame);
    }
    if (!this.frames.length && !this.fetching && this.fetchedTo >= this.file.end_ns) this.stop();
  }

  show(frame) {
    this.onFrame(Object.fromEntries(frame.tracks.map((track) => [track.id, {...track, age_ms: 0, ellipse: [], link: null}])), frame.ns);
  }

  async fetch() {
    if (this.fetching) return;
    this.fetching = true;
    const file = this.file, from = this.fetchedTo;
    try {
      const answer = await fetch(`api/recordings/${encodeURIComponent(file.name)}/frames?at=${Math.round(from)}&seconds=${PIECE_S}`);
      const frames = answer.ok ? await answer.json() : [];
      if (file !== this.file || from !== this.fetchedTo) return;
      this.frames.push(...frames.filter(({ns}) => ns >= from));
      this.fetchedTo = from + PIECE_S * 1e9;
    } catch (error) {
      this.fetchedTo = from + PIECE_S * 1e9;
    } finally {
      if (file === this.file) this.fetching = false;
    }
  }
}
