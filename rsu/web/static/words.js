// What the codes mean, in words. Codes not listed here are shown as they are.

/** Reason -> {text, do}: what it means and what to do about it, as status and log say it too. */
export const REASONS = {};

export async function loadReasons() {
  Object.assign(REASONS, await (await fetch("api/reasons")).json());
}

/** A reason as a sentence; one that is not known stands for itself. */
export function sentence(reason) {
  if (!REASONS[reason]) return reason;
  const {text} = REASONS[reason];
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Reasons that are nobody's fault: silence for these is normal. */
export const NORMAL = ["switched-off", "nothing-to-say"];

export const DECISIONS = {send: "sending", degraded: "degraded", silent: "silent"};

export const MESSAGES = {
  bsm: "Basic safety message, by proxy for vehicles without a radio",
  map: "Map of the crossing",
  rsm: "Roadside safety message: the road users seen",
  spat: "Signal phase and timing",
  rsi: "Roadside information: events and signs",
};

// YD/T 3709 Annex A, GB/T 29100
export const EVENTS = {
  202: "Fire", 205: "Facility damaged", 301: "Rain", 302: "Hail", 304: "Wind", 305: "Fog", 308: "Snow", 311: "Haze",
  399: "Sand storm", 401: "Object on the road", 405: "Pedestrian on the road", 406: "Animal on the road",
  407: "Ponding water", 408: "Slippery road", 409: "Icy road", 707: "Congestion", 901: "Overspeed",
  902: "Slow vehicle", 903: "Stopped vehicle", 904: "Wrong-way driving", 905: "Emergency vehicle", 906: "Truck",
  9911: "Queue end", 9912: "Red light run", 9913: "Near miss",  // in no standard: events of the site file
};

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

/** Letter of the sort of device that saw a road user: by its modality. */
const MARKS = {camera: "C", radar: "R", lidar: "L", loop: "I", v2x: "V"};
export const sourceMark = (device, devices) =>
  MARKS[(devices[device] || {}).modality] || device.charAt(0).toUpperCase();

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
