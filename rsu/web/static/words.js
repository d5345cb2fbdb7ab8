// What the codes mean, in words. Codes not listed here are shown as they are.

export const REASONS = {
  "no-time": "UTC is not known: the GNSS receiver has not given a valid time yet.",
  "time-uncertain-50ms": "UTC may be wrong by more than 50 ms, the limit for this message.",
  "time-uncertain-100ms": "UTC may be wrong by more than 100 ms, the limit for this message.",
  "no-position": "The position is not known: the GNSS receiver has not given a valid fix.",
  "position-mismatch": "GNSS puts this box too far from the surveyed point of the site file.",
  "site-in-gcj02": "The site file's reference point is in GCJ-02, as map apps give it: hundreds of metres off. Survey it in WGS-84.",
  "no-signal": "The signal controller has not reported yet.",
  "signal-stale": "The signal controller's last report is old; its state is counted on and marked as such.",
  "signal-unavailable": "The signal controller has gone quiet; all phases are sent as unavailable.",
  "signal-lost": "The signal controller has been quiet for too long.",
  "no-signal-plan": "The signal controller's plan is not known, so only the running phases are announced.",
  "countdown-jump": "A countdown of the signal controller jumped.",
  "conflicting-greens": "The signal controller reported conflicting greens. It is not trusted again until the site is reloaded.",
  "sensor-lost": "A camera or radar is lost, so part of the crossing is not seen.",
  "no-sensors": "No camera and no radar is working.",
  "radio-lost": "The radio does not answer.",
  "radio-fault": "The radio answers, but says that it does not send as it should.",
  "switched-off": "Switched off in the site file.",
  "nothing-to-say": "Nothing to announce now.",
  "map-silent": "MAP is not on air, and this message is only understood with it.",
};

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
