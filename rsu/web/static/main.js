// The page: live state in, map and panels out.

import {attention} from "./attention.js";
import {drawEvents} from "./events.js";
import {listen} from "./gestures.js";
import {Live} from "./live.js";
import {define, Panels} from "./panels.js";
import {Roads} from "./roads.js";
import {approaches, drawSignals} from "./signals.js";
import {setClass, setText} from "./table.js";
import {onThemeChange, readTheme} from "./theme.js";
import {Tracks} from "./tracks.js";
import {View} from "./view.js";
import {KINDS, kmh, LIGHTS, span} from "./words.js";

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
let theme = readTheme();
let roads = null, heads = [];
let selected = null, hovered = null, drawnAt = 0, stale = true;

const live = new Live(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`, (patch, now) => {
  if (!patch.station) return;
  tracks.update(live.state.tracks || {}, now);
  if (stale) showLink(now);
});

/** Say at once when what is shown is not what is. */
function showLink(now) {
  const link = live.status(now);
  const since = span((now - (link === "lost" ? live.heardAt : live.snapshotAt)) / 1000);
  const texts = {
    lost: Number.isFinite(live.heardAt) ? `Connection lost. This picture is ${since} old.` : "No connection yet.",
    stale: `The station has been silent for ${since}. This picture is old.`,
    waiting: "Waiting for the station.",
  };
  stale = link !== "live";
  setText($("link"), LINK[link][0]);
  setClass($("link"), `mark ${LINK[link][1]}`);
  setClass(document.body, stale ? "stale" : "");
  if (stale) setText($("banner"), texts[link]);
  $("banner").hidden = !stale;
  return link;
}

function showFigures(state) {
  const {stamp_ns: stamp, utc_uncertainty_ms: utc, position_error_m: error} = state.station;
  setText($("clock"), new Date(stamp / 1e6).toISOString().slice(11, 19));
  setText($("utc"), utc == null ? "unknown" : `± ${utc < 9.95 ? utc.toFixed(1) : Math.round(utc)} ms`);
  setText($("position"), error == null ? "unknown" : `${error.toFixed(1)} m`);
  const users = Object.values(state.tracks || {});
  setText($("users"), String(users.length));
  showLegend(users);
  canvas.setAttribute("aria-label", `The crossing from above with ${users.length} road users`);
}

function showLegend(users) {
  const legend = $("legend");
  if (!legend.children.length) {
    for (const kind of Object.keys(KINDS)) {
      const row = legend.appendChild(document.createElement("li"));
      row.className = kind;
      row.append(document.createElement("span"), document.createElement("b"));
    }
  }
  Object.entries(KINDS).forEach(([kind, name], i) => {
    setText(legend.children[i].firstChild, name);
    setText(legend.children[i].lastChild, String(users.filter((track) => track.kind === kind).length));
  });
}

function showDetails(state) {
  const track = selected && (state.tracks || {})[selected];
  $("details").hidden = !track;
  if (!track) return;
  setText($("details").querySelector("h2"), `${KINDS[track.kind] || track.kind} ${track.id}`);
  const [major, minor] = track.ellipse;
  define($("details").querySelector("dl"), {
    Speed: `${kmh(track.speed)} km/h (${track.speed.toFixed(1)} m/s)`,
    Heading: track.heading == null ? "unknown" : `${track.heading.toFixed(0)}°`,
    Position: `${track.east.toFixed(1)} m east, ${track.north.toFixed(1)} m north`,
    "95 % of position": major == null ? "unknown" : `± ${major.toFixed(1)} m, ± ${minor.toFixed(1)} m`,
    Size: `${track.length.toFixed(1)} × ${track.width.toFixed(1)} m`,
    Lane: track.link ? `${track.link}, lane ${track.lane == null ? "unknown" : track.lane}` : "none",
    "Seen by": track.sources.join(", ") || "nobody in the last second",
    Measured: `${span(track.age_ms / 1000)} ago`,
    "Vehicle id": track.vehicle_id || "none received",
  });
}

function showPanels() {
  const now = performance.now();
  live.watch(now);
  const link = showLink(now), state = live.state;
  if (state.site) {
    setText($("site"), state.site);
    document.title = `${stale ? "! " : ""}${state.site} · RSU`;
  }
  if (state.station) showFigures(state);
  if (selected && !(selected in (state.tracks || {}))) selected = null;
  showDetails(state);
  panels.show(state, attention(state, link), heads);
}

function describeLane(lane) {
  const phases = lane.connects.filter((c) => c.phase != null).map((c) => {
    const head = (live.state.signals || {})[c.phase];
    return `${c.maneuver} ${head ? LIGHTS[head.light] || head.light : `phase ${c.phase}`}`;
  });
  const facts = [lane.type, lane.inbound ? "" : "leads away", ...new Set(phases)].filter(Boolean);
  return `${lane.link}, lane ${lane.id == null ? "unknown" : lane.id} · ${facts.join(" · ")}`;
}

function hover(x, y) {
  hovered = x === null ? null : tracks.at(view, x, y, performance.now());
  const lane = x === null || hovered || !roads ? null : roads.laneAt(context, ...view.toSite(x, y));
  canvas.style.cursor = hovered ? "pointer" : "";
  $("hint").hidden = !lane;
  if (!lane) return;
  setText($("hint"), describeLane(lane));
  $("hint").style.left = `${Math.min(x + 14, view.width - $("hint").offsetWidth - 8)}px`;
  $("hint").style.top = `${Math.min(y + 16, view.height - 34)}px`;
}

function select(id) {
  selected = id;
  showDetails(live.state);
}

function step(by) {
  const ids = [...tracks.motions.keys()].sort((a, b) => a - b);
  if (ids.length) select(ids[(ids.indexOf(selected) + by + ids.length) % ids.length]);
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
  tracks.draw(context, view, theme, {now: time, devices: state.devices || {}, selected, hovered});
  drawSignals(context, view, theme, heads, roads, state.signals || {}, time);
  drawEvents(context, view, theme, state.events || {});
  showScale();
}

async function start() {
  const map = await (await fetch("api/map")).json();
  roads = new Roads(map);
  heads = approaches(map);
  showCrossing();
}

listen(canvas, view, {tap: (x, y) => { select(tracks.at(view, x, y, performance.now())); hover(x, y); }, hover, key: press});
$("in").addEventListener("click", () => view.zoom(1.4));
$("out").addEventListener("click", () => view.zoom(1 / 1.4));
$("home").addEventListener("click", showCrossing);
$("all").addEventListener("click", showAll);
$("close").addEventListener("click", () => { select(null); canvas.focus(); });
new ResizeObserver(() => view.resize()).observe(canvas);
onThemeChange(() => { theme = readTheme(); });
setInterval(showPanels, PANELS_MS);
setInterval(() => panels.sample(live.state, !stale), 1000);
requestAnimationFrame(draw);
start();
