// Figures above the map, classes below it, and the card of the chosen road user.

import {language, say} from "./language.js";
import {define, setText} from "./table.js";
import {kmh, named, span, values} from "./words.js";

const $ = (id) => document.getElementById(id);

/** Clock, position, number of road users. */
export function showFigures(state) {
  const {stamp_ns: stamp, utc_uncertainty_ms: utc, position_error_m: error, clock} = state.station;
  setText($("clock"), new Date(stamp / 1e6).toISOString().slice(11, 19));
  setText($("utc"), utc == null ? say("unknown") : `± ${utc < 9.95 ? utc.toFixed(1) : Math.round(utc)} ms`);
  $("utc").title = ((clock && clock.doubts) || []).join("\n");
  setText($("position"), error == null ? say("unknown") : `${error.toFixed(1)} m`);
  const users = Object.values(state.tracks || {});
  setText($("users"), String(users.length));
  showLegend(users);
  showMarks(Object.values(state.devices || {}));
  $("map").setAttribute("aria-label", say("The crossing from above with {} road users", users.length));
}

function showLegend(users) {
  const legend = $("legend");
  if (!legend.children.length) {
    for (const kind of values("road_users")) {
      const row = legend.appendChild(document.createElement("li"));
      row.className = kind;
      row.append(document.createElement("span"), document.createElement("b"));
    }
  }
  values("road_users").forEach((kind, i) => {
    setText(legend.children[i].firstChild, named("road_users", kind));
    setText(legend.children[i].lastChild, String(users.filter((track) => track.kind === kind).length));
  });
}

/** The letters in the labels, of the devices there are that see or hear road users. */
function showMarks(devices) {
  const seeing = devices.map(({modality}) => modality).filter(({gives, source}) => gives === "road users" || source !== "unknown");
  setText($("marks"), [...new Set(seeing.map((modality) => `${modality.mark} ${modality[language]}`))].join(", "));
}

const apart = (metres, ahead, behind) => say(metres < 0 ? behind : ahead, `${Math.abs(metres).toFixed(1)} m`);

/** Everything about one road user; nothing without one. */
export function showDetails(track) {
  $("details").hidden = !track;
  if (!track) return;
  setText($("details").querySelector("h2"), `${named("road_users", track.kind)} ${track.id}`);
  const [major, minor] = track.ellipse;
  define($("details").querySelector("dl"), {
    [say("Speed")]: `${kmh(track.speed_mps)} km/h (${track.speed_mps.toFixed(1)} m/s)`,
    [say("Heading")]: track.heading_deg == null ? say("unknown") : `${track.heading_deg.toFixed(0)}°`,
    [say("Position")]: `${apart(track.east_m, "{} east", "{} west")}, ${apart(track.north_m, "{} north", "{} south")}`,
    [say("95 % of position")]: major == null ? say("unknown") : `± ${major.toFixed(1)} m, ± ${minor.toFixed(1)} m`,
    [say("Size")]: `${track.length_m.toFixed(1)} × ${track.width_m.toFixed(1)} m`,
    [say("Lane")]: track.link ? say("{}, lane {}", track.link, track.lane == null ? say("unknown") : track.lane) : say("none"),
    [say("Seen by")]: track.sources.join(", ") || say("no device in the last second"),
    [say("Measured")]: say("{} ago", span(track.age_ms / 1000)),
    [say("Vehicle id")]: track.vehicle_id || say("none received"),
  });
}
