// The page: live state in, map and panels out.

import {attention} from "./attention.js";
import {drawClaims} from "./claims.js";
import {DeviceView} from "./device.js";
import {drawEvents, drawOrders} from "./events.js";
import {showDetails, showFigures} from "./facts.js";
import {listen} from "./gestures.js";
import {choose, language, onLanguageChange, say, translate} from "./language.js";
import {Live, PARTS} from "./live.js";
import {Panels} from "./panels.js";
import {MessageView} from "./message.js";
import {Playback} from "./playback.js";
import {recordingsView} from "./recordings.js";
import {Roads} from "./roads.js";
import {Sensors} from "./sensors.js";
import {Sheet} from "./sheet.js";
import {approaches, drawSignals} from "./signals.js";
import {UserView} from "./story.js";
import {setClass, setText} from "./table.js";
import {LanesView} from "./lanes.js";
import {isWide, listenToTabs, showTab, shownTab} from "./tabs.js";
import {onThemeChange, readTheme} from "./theme.js";
import {TimelineView} from "./timeline.js";
import {Tracks} from "./tracks.js";
import {View} from "./view.js";
import {loadWords, moment, named, span} from "./words.js";

const FRAME_MS = 30;
const PANELS_MS = 250;
const LINK = {live: ["live", "ok"], stale: ["stale", "alarm"], lost: ["disconnected", "alarm"],
  waiting: ["waiting for the station", "warn"]};
const $ = (id) => document.getElementById(id);

const canvas = $("map");
const context = canvas.getContext("2d");
const view = new View(canvas);
const tracks = new Tracks();
const panels = new Panels();
const sensors = new Sensors();
const player = new Playback(showRecorded);
const views = {user: UserView, message: MessageView, device: DeviceView, timeline: TimelineView, lanes: LanesView, recordings: recordingsView(player)};
const sheet = new Sheet(views, (name, argument) => {
  selected = name === "user" ? argument : null;
  showDetails(chosen());
  sensors.only = name === "device" && sensors.fields && argument in sensors.fields ? argument : null;
  if (name && !(name === "user" && shownTab() === "map")) showTab("lists");
});
let theme = readTheme();
let roads = null, heads = [];
let map = null; // digest of the lane map that is drawn or being fetched
let recorded = null; // road users of a recording that is played
let selected = null, hovered = null, drawnAt = 0, stale = true;

const live = new Live(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`, (patch, now) => {
  if (patch.map) showPanels();
  if (!patch.station) return;
  if (!player.active) tracks.update(live.state.tracks || {}, now);
  if (stale) showPanels();
});

/** Show recorded road users in place of the live ones, and say so; nulls: live again. */
function showRecorded(users, ns) {
  if (!recorded !== !users) tracks.motions.clear(); // no trail from one to the other
  recorded = users;
  $("played").hidden = !users;
  if (users) setText($("played"), say("Recording of {}, not live", moment(ns)));
  tracks.update(users || live.state.tracks || {}, performance.now());
}

/** Say at once when the page shows old data. */
function showLink(now) {
  const link = live.status(now);
  const since = span((now - live.news.station) / 1000);
  const texts = {
    lost: live.state.station ? say("Connection lost. This picture is {} old.", since) : say("No connection yet."),
    stale: say("The station has been silent for {}. This picture is old.", since),
    waiting: say("Waiting for the station."),
  };
  stale = link !== "live";
  setText($("link"), say(LINK[link][0]));
  setClass($("link"), `mark ${LINK[link][1]}`);
  for (const node of document.querySelectorAll("[data-part]")) {
    node.classList.toggle("old", live.isOld(node.dataset.part, now));
  }
  if (stale) setText($("banner"), texts[link]);
  $("banner").hidden = !stale;
  return link;
}

function showPanels() {
  const now = performance.now();
  live.watch(now);
  const link = showLink(now), state = live.state;
  if (state.site) {
    fetchMap(state.map);
    setText($("site"), state.site);
    document.title = `${stale ? "! " : ""}${state.site} · RSU`;
  }
  if (state.station) showFigures({...state, tracks: recorded || state.tracks});
  if (!chosen() && sheet.subject()[0] !== "user") selected = null;
  showDetails(chosen());
  sheet.show(state);
  const old = Object.keys(PARTS).filter((part) => live.isOld(part, now));
  panels.show(state, attention(state, link, old), heads);
}

function describeLane(lane) {
  const phases = lane.connects.filter((c) => c.phase != null).map((c) => {
    const head = (live.state.signals || {})[c.phase];
    return `${named("movements", c.maneuver)} ${head ? named("lights", head.light) : say("phase {}", c.phase)}`;
  });
  const facts = [named("lanes", lane.type), lane.inbound ? "" : say("leads away"), ...new Set(phases)].filter(Boolean);
  return say("{}, lane {} · {}", lane.link, lane.id == null ? say("unknown") : lane.id, facts.join(" · "));
}

function hover(x, y) {
  hovered = x === null ? null : tracks.nearest(view, x, y, performance.now());
  const lane = x === null || hovered || !roads ? null : roads.laneAt(context, ...view.toSite(x, y));
  canvas.style.cursor = hovered ? "pointer" : "";
  $("hint").hidden = !lane;
  if (!lane) return;
  setText($("hint"), describeLane(lane));
  $("hint").style.left = `${Math.min(x + 14, view.width - $("hint").offsetWidth - 8)}px`;
  $("hint").style.top = `${Math.min(y + 16, view.height - 34)}px`;
}

function chosen() { return selected && (recorded || live.state.tracks || {})[selected]; }

function select(id) {
  selected = id;
  showDetails(chosen());
  if (id !== null) {
    $("story").href = `#user/${id}`;
    if (isWide()) location.hash = `user/${id}`;
  } else if (sheet.subject()[0] === "user") {
    sheet.close();
  }
}

function step(by) {
  const ids = [...tracks.motions.keys()].sort((a, b) => a - b);
  if (!ids.length) return;
  select(ids[(ids.indexOf(selected) + by + ids.length) % ids.length]);
  view.show(tracks.motions.get(selected).origin);
}

function press(key) {
  const actions = {Home: showCrossing, 0: showAll, n: () => step(1), p: () => step(-1), Escape: () => select(null)};
  if (!(key in actions)) return false;
  actions[key]();
  return true;
}

function showCrossing() { if (roads) view.fit(roads.crossing()); }
function showAll() { if (roads) view.fit(roads.everything()); }

function showScale() {
  const metres = [1, 2, 5, 10, 20, 50, 100].find((m) => m * view.scale > 50) || 200;
  setText($("scale").firstElementChild, `${metres} m`);
  $("scale").style.width = `${metres * view.scale}px`;
}

function draw(now) {
  requestAnimationFrame(draw);
  if (now - drawnAt < FRAME_MS || !roads) return;
  drawnAt = now;
  const time = performance.now(), state = live.state;
  roads.draw(context, view, theme);
  if (!recorded) drawClaims(context, view, theme, state.claims || {});
  if (!recorded) sensors.draw(context, view, time);
  tracks.draw(context, view, theme, {now: time, devices: state.devices || {}, selected, hovered});
  if (!recorded) drawSignals(context, view, theme, heads, roads, state.signals || {}, stale ? 0 : time);
  if (!recorded) drawEvents(context, view, theme, state.events || {});
  if (!recorded) drawOrders(context, view, theme, state.orders || []);
  showScale();
}

/** Fetch words and the lane map when it is not the one we have; a failure is tried again with the next panels. */
async function fetchMap(digest) {
  if (digest === map) return;
  map = digest;
  try {
    await Promise.all([loadWords(), sensors.load()]);
    sheet.route();
    const lanes = await (await fetch("api/map")).json();
    [roads, heads] = [new Roads(lanes), approaches(lanes)];
    showCrossing();
  } catch (error) {
    map = null;
  }
}

listen(canvas, view, {tap: (x, y) => { select(tracks.nearest(view, x, y, performance.now())); hover(x, y); }, hover, key: press});
$("in").addEventListener("click", () => view.zoom(1.4));
$("out").addEventListener("click", () => view.zoom(1 / 1.4));
$("home").addEventListener("click", showCrossing);
$("all").addEventListener("click", showAll);
$("sensors").addEventListener("click", () => {
  sensors.on = !sensors.on;
  $("sensors").setAttribute("aria-pressed", String(sensors.on));
});
$("close").addEventListener("click", () => { select(null); canvas.focus(); });
new ResizeObserver(() => view.resize()).observe(canvas);
function showLanguage() {
  $("manual").href = `manual/${language}/index`;
  setText($("language"), language === "zh" ? "English" : "中文");
  $("language").lang = language === "zh" ? "en" : "zh-CN";
}

translate();
showLanguage();
$("language").addEventListener("click", () => choose(language === "zh" ? "en" : "zh"));
onLanguageChange(() => { showLanguage(); sheet.route(); showPanels(); });
onThemeChange(() => { theme = readTheme(); });
listenToTabs();
$("story").addEventListener("click", () => showTab("lists"));
sheet.route();
setInterval(showPanels, PANELS_MS);
setInterval(() => panels.sample(live.state, !stale), 1000);
requestAnimationFrame(draw);
