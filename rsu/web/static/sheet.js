// The sheet beside the map: one subject by its address (#user/17, #message/rsm), so that links, reload and Back work.

import {say} from "./language.js";
import {setText} from "./table.js";

const $ = (id) => document.getElementById(id);
const ASK_MS = 1000;

/** Views by the first part of the address: `new View(body, argument, again)`, then title(), ask() -> path or null, show(answer, state). */
export class Sheet {
  constructor(views, onChange) {
    this.views = views;
    this.onChange = onChange;
    this.view = null;
    this.state = {};
    window.addEventListener("hashchange", () => this.route());
    $("back").addEventListener("click", () => this.close());
    $("sheet").addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    setInterval(() => this.ask(), ASK_MS);
  }

  /** The subject that is open: [name, argument]. */
  subject() {
    const [name, ...rest] = location.hash.slice(1).split("/");
    return [name, decodeURIComponent(rest.join("/"))];
  }

  route() {
    const [name, argument] = this.subject();
    const body = $("sheet-body");
    if (this.view && this.view.close) this.view.close();
    body.replaceChildren();
    const View = this.views[name];
    this.view = View ? new View(body, argument, () => this.ask(true)) : null;
    this.askedAt = -Infinity;
    $("sheet").hidden = !this.view;
    document.body.classList.toggle("sheeted", Boolean(this.view));
    this.answer = null;
    $("sheet").scrollTop = 0;
    if (this.view) {
      this.show(this.state);
      if (document.activeElement !== $("map")) $("sheet-title").focus({preventScroll: true}); // there, n and p go on
      this.ask();
    }
    this.onChange(this.view ? name : null, argument);
  }

  close() { location.hash = ""; }

  /** Ask the server for the view's part that does not come with the live state. */
  async ask(now = false) {
    const view = this.view, path = view && view.ask && view.ask();
    if (!path || document.hidden || (!now && performance.now() - this.askedAt < (view.every || ASK_MS) - ASK_MS / 2)) return;
    this.askedAt = performance.now();
    try {
      const answer = await fetch(path);
      if (view === this.view) this.answer = answer.ok ? await answer.json() : null;
    } catch (error) {
      this.answer = null;
    }
    if (view === this.view) this.show(this.state);
  }

  show(state) {
    this.state = state;
    if (!this.view) return;
    setText($("sheet-title"), this.view.title(state));
    setText($("sheet-note"), this.answer || !this.view.ask || !this.view.ask() ? "" : say("No answer yet."));
    this.view.show(this.answer, state);
  }
}
