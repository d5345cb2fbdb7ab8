// Figures above the map, classes below it, and the card of the road user that somebody chose.

import {define, setText} from "./table.js";
import {KINDS, kmh, span} from "./words.js";

const $ = (id) => document.getElementById(id);

/** Clock, position, number of road users. */
export function showFigures(state) {
  const {stamp_ns: stamp, utc_uncertainty_ms: utc, position_error_m: error, clock} = state.station;
  setText($("clock"), new Date(stamp / 1e6).toISOString().slice(11, 19));
  setText($("utc"), utc == null ? "unknown" : `± ${utc < 9.95 ? utc.toFixed(1) : Math.round(utc)} ms`);
  $("utc").title = ((clock && clock.doubts) || []).join("\n");
  setText($("position"), error == null ? "unknown" : `${error.toFixed(1)} m`);
  const users = Object.values(state.tracks || {});
  setText($("users"), String(users.length));
  showLegend(users);
  showMarks(Object.values(state.devices || {}));
  $("map").setAttribute("aria-label", `The crossing from above with ${users.length} road users`);
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

/** The letters in the labels, of the devices there are that see or hear road users. */
function showMarks(devices) {
  const seeing = devices.map(({modality}) => modality).filter(({gives, source}) => gives === "road users" || source !== "unknown");
  setText($("marks"), [...new Set(seeing.map(({mark, en}) => `${mark} ${en}`))].join(", "));
}

const apart = (metres, ahead, behind) => `${Math.abs(metres).toFixed(1)} m ${metres < 0 ? behind : ahead}`;

/** Everything about one road user; nothing without one. */
export function showDetails(track) {
  $("details").hidden = !track;
  if (!track) return;
  setText($("details").querySelector("h2"), `${KINDS[track.kind] || track.kind} ${track.id}`);
  const [major, minor] = track.ellipse;
  define($("details").querySelector("dl"), {
    Speed: `${kmh(track.speed)} km/h (${track.speed.toFixed(1)} m/s)`,
    Heading: track.heading == null ? "unknown" : `${track.heading.toFixed(0)}°`,
    Position: `${apart(track.east, "east", "west")}, ${apart(track.north, "north", "south")}`,
    "95 % of position": major == null ? "unknown" : `± ${major.toFixed(1)} m, ± ${minor.toFixed(1)} m`,
    Size: `${track.length.toFixed(1)} × ${track.width.toFixed(1)} m`,
    Lane: track.link ? `${track.link}, lane ${track.lane == null ? "unknown" : track.lane}` : "none",
    "Seen by": track.sources.join(", ") || "nobody in the last second",
    Measured: `${span(track.age_ms / 1000)} ago`,
    "Vehicle id": track.vehicle_id || "none received",
  });
}
