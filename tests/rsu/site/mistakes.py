# ruff: noqa: E501
"""Mistakes that people make in a site file, each alone in the demo's: the text typed instead, and the finding's words.

`¦` stands where the finding is to point, and is not typed; where the finding points elsewhere, `at` says where.
"""

from __future__ import annotations

from typing import NamedTuple

E, W = "error", "warning"


class Mistake(NamedTuple):
    level: str
    old: str
    new: str
    key: str
    words: str  # parts divided by ...
    at: str = ""


REFERENCE = "latitude_deg: 22.5431000, longitude_deg: 114.0579000, elevation_m: 12.0"
NORTH = "mount: {east_m: 4.0, north_m: -24.0, height_m: 7.0, yaw_deg: 0.0}"
EAST = "mount: {east_m: -24.0, north_m: -4.0, height_m: 7.0, yaw_deg: 90.0}"
FIELD = "field_of_view: {range_m: 95.0, width_deg: 86.0}"
RADAR = "noise: {along_m: 0.3, across_m: 0.1, azimuth_deg: 0.7, speed_mps: 0.12, speed_across_mps: 0.35}"
LENS = "camera: {fx: 750.0, fy: 750.0, cx: 480.0, cy: 270.0, distortion: [-0.08, 0.01, 0.0, 0.0, 0.0], pixel_sd: 2.0}"
VIDEO = "mount: {east_m: 4.0, north_m: -24.0, height_m: 10.0, yaw_deg: 0.0, pitch_deg: 18.0}"
STREAM = 'stream: "http://127.0.0.1:27051/"'
SIGNAL = 'udp: {listen: "127.0.0.1:27022", peer: "127.0.0.1:27021"}'
AIR = 'udp: {listen: "127.0.0.1:27032", peer: "127.0.0.1:27031"}'
CLI = "cli: {serial: {path: radar-north-cli, baud: 115200}}"
DATA = "data: {serial: {path: radar-north-data, baud: 921600}}"
PLATFORM = "platform: {host: 127.0.0.1, port: 27041}"
PAGE = "page: {host: 127.0.0.1, port: 18080}"
SIGN = 'text: "50", east_m: 8.0, north_m: 60.0, priority: 6, links: [north_in]'


def event(rule: str, settings: str) -> tuple[str, str]:
    """Return the text typed for a rule's settings, before the page's."""
    return PAGE, f"events:\n  {rule}: {settings}\n{PAGE}"


SYNTAX = [
    Mistake(E, "  node: 10\n", "  node¦：10\n", "", "not YAML...full-width ：: type :"),
    Mistake(E, "  node: 10\n", "  node¦:10\n", "", "not YAML...a space must follow the colon"),
    Mistake(E, "  node: 10\n", "¦\tnode: 10\n", "", "not YAML...indent with spaces, not tabs"),
    Mistake(E, "height_m: 7.0, yaw_deg: 0.0}", "height_m: 7.0¦，yaw_deg: 0.0}", "", "full-width ，: type ,"),
    Mistake(E, "height_m: 7.0, yaw_deg: 0.0}", "height_m: 7.0, yaw_deg: 0.0¦｝", "", "full-width ｝: type }"),
    Mistake(E, "height_m: 7.0, yaw_deg: 0.0}", "height_m: 7.0, yaw_deg: 0.¦0", "", "a bracket is not closed"),
    Mistake(E, "name: demo crossing", 'name: "demo crossin¦g', "", "a quote is not closed"),
    Mistake(E, "radio: radio\n", "radio: radio\n¦radio: radio2\n", "", 'found duplicate key "radio"'),
    Mistake(E, 'listen: "127.0.0.1:27022", peer', 'listen: ¦@27022, peer', "", "not YAML"),
    Mistake(E, "  city_name: Shenzhen", "   city_name¦: Shenzhen", "", "indentation"),
    Mistake(E, "version: 1", "version: ¦2", "version", "expected 1, got 2"),
    Mistake(E, "radio: radio\n", "¦Radios: radio\n", "Radios", 'unknown key (did you mean "radio"?)'),
    Mistake(E, "north_m: -24.0, height_m: 7.0", "¦north_m：-24.0, height_m: 7.0", "sensors.0.mount.north_m：-24.0", "a full-width colon"),
    Mistake(E, "north_m: -24.0, height_m: 7.0", "¦north_m:-24.0, height_m: 7.0", "sensors.0.mount.north_m:-24.0", 'no space after the colon: "north_m: -24.0"'),
    Mistake(E, "latitude_deg: 22.5431000", "latitude_deg: 22,¦5431000", "site.reference.5431000", "decimals take a point"),
    Mistake(E, "baud: 115200}}\n      data: {serial: {path: radar-north", "baud: 115,¦200}}\n      data: {serial: {path: radar-north", "devices.radar-north.driver.cli.serial.200", "a comma begins the next key"),
]  # fmt: skip

VALUES = [
    Mistake(E, "range_m: 95.0", "range_m: ¦95m", "sensors.0.field_of_view.range_m", 'a number, got "95m"...the unit stands in the key: 95'),
    Mistake(E, "range_m: 95.0", "range_m: ¦９５", "sensors.0.field_of_view.range_m", "full-width characters: 95"),
    Mistake(E, "range_m: 95.0", "range_m: ¦9O", "sensors.0.field_of_view.range_m", "letters among the digits: 90?"),
    Mistake(E, "range_m: 95.0", 'range_m: ¦"95,0"', "sensors.0.field_of_view.range_m", "decimals take a point: 95.0"),
    Mistake(E, "range_m: 95.0", "range_m: ¦-95.0", "sensors.0.field_of_view.range_m", "greater than 0, got -95.0 (in metres)"),
    Mistake(E, "range_m: 95.0", "range_m: ¦.nan", "sensors.0.field_of_view.range_m", "a finite number, got .nan"),
    Mistake(E, "range_m: 95.0", "range_m: ¦[95.0]", "sensors.0.field_of_view.range_m", "a number, got a list (1)"),
    Mistake(E, "range_m: 95.0", "range_m: ¦~", "sensors.0.field_of_view.range_m", "is empty: expected a number"),
    Mistake(E, "latitude_deg: 22.5431000", "latitude_deg: ¦22°32'35N", "site.reference.latitude_deg", "expected decimal degrees"),
    Mistake(E, "latitude_deg: 22.5431000", "latitude_deg: ¦22.5431N", "site.reference.latitude_deg", "decimal degrees, south and west negative"),
    Mistake(E, "latitude_deg: 22.5431000", "latitude_deg: ¦114.0579", "site.reference.latitude_deg", "less than or equal to 89, got 114.0579...swapped with the longitude?"),
    Mistake(E, "coordinates: wgs84", "coordinates: ¦gcj02", "site.reference.coordinates", "offset by hundreds of metres"),
    Mistake(E, "coordinates: wgs84", "coordinates: ¦WGS-84", "site.reference.coordinates", 'did you mean "wgs84"'),
    Mistake(E, "coordinates: wgs84", "coordinates: ¦wgs-48", "site.reference.coordinates", "expected 'wgs84' or 'cgcs2000'"),
    Mistake(E, "region: 1\n", "region: ¦440304\n", "site.region", "less than or equal to 65535, got 440304"),
    Mistake(E, "node: 10", "node: ¦10.5", "site.node", "a whole number, got 10.5"),
    Mistake(E, "node: 10", "¦node: ", "site.node", "is empty: expected a whole number"),
    Mistake(E, "name: demo crossing", "name: ¦演示路口", "site.name", "plain ASCII letters"),
    Mistake(E, "name: demo crossing", "name: ¦2026-11-29", "site.name", 'put it into quotes: "2026-11-29"'),
    Mistake(E, 'region_id: "440304"', "region_id: ¦440304", "identity.region_id", 'expected text, got 440304 (put it into quotes: "440304")'),
    Mistake(E, 'region_id: "440304"', 'region_id: ¦"44-03-04"', "identity.region_id", "expected digits"),
    Mistake(E, "rscu_sn: RSCU-DEMO-1", "rscu_sn: ¦RSCU DEMO 1", "identity.rscu_sn", "letters, digits, - and _"),
    Mistake(E, 'code: "0000000000000085"', "code: ¦0000000000000085", "messages.signs.0.code", 'quotes: "0000000000000085"'),
    Mistake(E, 'code: "0000000000000085"', 'code: ¦"85"', "messages.signs.0.code", "at least 16 characters"),
    Mistake(E, "proxy_bsm: false", "proxy_bsm: ¦nein", "messages.proxy_bsm", "expected true or false, got"),
    Mistake(E, "profile: ydt3709-2020", "profile: ¦ydt3709_2020", "messages.profile", 'did you mean "ydt3709-2020"'),
    Mistake(E, "nominal_interval_ms: 1000", "nominal_interval_ms: ¦1", "signal.nominal_interval_ms", "greater than or equal to 50, got 1 (in milliseconds)"),
    Mistake(E, "  phases:\n", "  ¦phase:\n", "signal.phase", 'did you mean "phases"'),
    Mistake(E, "    - {id: 1, lamp: 1}  #", "    - {id: 1, ¦lamps: 1}  #", "signal.phases.0.lamps", 'did you mean "lamp"'),
    Mistake(E, "    - {id: 1, lamp: 1}  #", "    - ¦1  #", "signal.phases.0", "expected keys and values, got 1"),
    Mistake(E, "detection_probability: 0.7", "detection_probability: ¦70", "sensors.8.detection_probability", "a share of 1, not percent: 0.7"),
    Mistake(E, "yaw_deg: 0.0}\n    field", "yaw_deg: ¦3600}\n    field", "sensors.0.mount.yaw_deg", "less than or equal to 360...in degrees"),
    Mistake(E, "height_m: 7.0", "height_m: ¦-7.0", "sensors.0.mount.height_m", "greater than or equal to 0, got -7.0 (in metres)"),
    Mistake(E, LENS, LENS.replace("fx: 750.0", "¦focal: 750.0"), "sensors.8.camera.focal", "unknown key"),
    Mistake(E, LENS, "camera: {homography: ¦[[1, 0, 0], [0, 1, 0]]}", "sensors.8.camera.homography.2", "is missing"),
    Mistake(E, "image_px: [960, 540]", "image_px: ¦960x540", "devices.video-north.video.image_px", "expected a list, got"),
    Mistake(E, "devices:\n  camera-north:", "devices: ¦[]\nothers:\n  camera-north:", "devices", "expected keys and values, got a list"),
    Mistake(E, "host: 127.0.0.1, port: 18080", "host: ¦0.0.0.0, port: 18080", "page.host", "loopback address"),
    Mistake(E, "host: 127.0.0.1, port: 18080", "host: 127.0.0.1, port: ¦0", "page.port", "greater than or equal to 1, got 0"),
    Mistake(E, "max_gib: 1,", "max_gib: ¦0,", "recording.disk.max_gib", "greater than 0, got 0 (in GiB)"),
]  # fmt: skip

NAMES = [
    Mistake(E, "radio: radio\n", "radio: ¦raido\n", "radio", 'no device is called "raido" (did you mean "radio"?)'),
    Mistake(E, "radio: radio\n", "radio: ¦gnss\n", "radio", "cannot transmit"),
    Mistake(E, "radio: radio\n", "radio:\n  - device: radio\n  - device: ¦raido\n", "radio.1.device", 'no device is called "raido"'),
    Mistake(E, "radio: radio\n", "radio:\n  - device: radio\n  - device: ¦gnss\n", "radio.1.device", "cannot transmit"),
    Mistake(E, "radio: radio\n", "radio:\n  - device: radio\n  - device: ¦radio\n", "radio.1.device", "already used by entry 1"),
    Mistake(E, "radio: radio\n", "radio:\n  - {device: radio, messages: [¦spad]}\n", "radio.0.messages.0", "'spat'"),
    Mistake(W, "radio: radio\n", "radio:\n  ¦- {device: radio, messages: [spat, map, bsm]}\n", "radio", "no radio sends rsi, rsm"),
    Mistake(E, "kind: radio-agent", "kind: ¦radio-agnt", "devices.radio.kind", 'no driver "radio-agnt"'),
    Mistake(E, "kind: gnss", "kind: ¦gps", "devices.gnss.kind", 'no driver "gps"'),
    Mistake(E, "kind: camera-json", "kind: ¦camera_json", "devices.camera-north.kind", 'did you mean "camera-json"?'),
    Mistake(E, "  device: signal", "  device: ¦radar-north", "signal.device", "gives signal states, got \"radar-north\", a ti-mmwave...there are signal"),
    Mistake(E, "- device: camera-east", "- device: ¦radio", "sensors.1.device", "gives road users, got \"radio\""),
    Mistake(E, "- device: camera-east", "- device: ¦camera-north", "sensors.1.device", '"camera-north" is already used by entry 1'),
    Mistake(E, "node: 10", "node: ¦11", "site.node", "the lane map has no node 1/11, but 1/10"),
    Mistake(E, "lane_map: demo-lanes.json", "lane_map: ¦demo-lanes.yaml", "site.lane_map", "cannot be read: No such file"),
    Mistake(E, "profile: ti-traffic-68xx.cfg", "profile: ¦ti-traffic-18xx.cfg", "devices.radar-north.driver.profile", "No such file"),
    Mistake(E, "links: [north_in]", "links: [¦nort_in]", "messages.signs.0.links.0", 'no link "nort_in" (did you mean "north_in"?)'),
    Mistake(E, "    - {id: 5, lamp: 2}", "    - {id: ¦1, lamp: 2}", "signal.phases.1.id", "1 is already used by entry 1"),
    Mistake(E, "    - {id: 5, lamp: 2}", "    - {id: 5, lamp: ¦1}", "signal.phases.1.lamp", "1 is already used by entry 1"),
    Mistake(E, "- [1, 6]", "- ¦[1, 99]", "signal.conflicts.1", "expected two phases of this signal, got (1, 99)"),
    Mistake(E, "    - {id: 1, lamp: 1}  # north left\n", "", "signal.phases", "uses phases 1 that no lamp shows", "  phases:\n    ¦- {id: 5"),
    Mistake(W, "- [1, 6]", "- ¦[2, 1]", "signal.conflicts.1", "each pair once"),
    Mistake(W, "  - device: camera-west\n    mount: {east_m: 24.0, north_m: 4.0, height_m: 7.0, yaw_deg: 270.0}\n    field_of_view: {range_m: 95.0, width_deg: 86.0}\n    noise: {along_m: 0.6, across_m: 0.3}\n", "", "devices.camera-west", "entry in `sensors`", "camera-west:\n    ¦kind"),
    Mistake(W, "  gnss:\n    kind: gnss\n    driver: {link: {serial: {path: gnss, baud: 115200}}}\n", "", "devices", "a device of kind gnss, got none", "devices:\n  ¦camera-north"),
    Mistake(W, "  gnss:\n", "  gnss2:\n    kind: gnss\n    driver: {link: {serial: {path: gnss2, baud: 115200}}}\n  gnss:\n", "devices.gnss.kind", "one device of kind gnss", "  gnss:\n    kind: ¦gnss"),
    Mistake(W, "  radio:\n    kind", '  air:\n    kind: ¦radio-agent\n    driver: {link: {udp: {listen: "127.0.0.1:27034", peer: "127.0.0.1:27033"}}}\n  radio:\n    kind', "devices.air.kind", "gives frames of the air beside radio"),
    Mistake(W, PAGE, f"statistics: {{cycle_phase: ¦21}}\n{PAGE}", "statistics.cycle_phase", "expected a phase of the signal, got 21"),
    Mistake(E, PAGE, f"statistics: {{loops: [{{name: a, link: ¦north_in, lane: 9, to_stop_line_m: 10}}]}}\n{PAGE}", "statistics.loops.0.link", "no lane 9"),
    Mistake(W, PAGE, f"statistics: {{loops: [{{name: a, link: north_in, lane: 2, to_stop_line_m: ¦400}}]}}\n{PAGE}", "statistics.loops.0.to_stop_line_m", "length of its lane, 148 m"),
]  # fmt: skip

PLACES = [
    Mistake(W, REFERENCE, "latitude_deg: ¦0.0, longitude_deg: 0.0, elevation_m: 12.0", "site.reference.latitude_deg", "in the sea"),
    Mistake(W, REFERENCE, "latitude_deg: ¦22.5431, longitude_deg: -114.0579, elevation_m: 12.0", "site.reference.latitude_deg", "a wrong sign?"),
    Mistake(W, REFERENCE, "latitude_deg: ¦85.3, longitude_deg: 31.5, elevation_m: 12.0", "site.reference.latitude_deg", "latitude and longitude swapped?"),
    Mistake(W, REFERENCE, "latitude_deg: ¦22.5431, longitude_deg: 11.40579, elevation_m: 12.0", "site.reference.latitude_deg", "the point at the wrong digit?"),
    Mistake(W, REFERENCE, "latitude_deg: ¦22.54, longitude_deg: 114.06, elevation_m: 12.0", "site.reference.latitude_deg", "expected seven decimals"),
    Mistake(W, "elevation_m: 12.0", "elevation_m: ¦6000", "site.reference.elevation_m", "-160 to 5600 metres, got 6000"),
    Mistake(E, "  region: 1\n", "  region: 0\n", "site.node", "no node 0/10, but 1/10", "node: ¦10"),
    Mistake(W, 'region_id: "440304"', 'region_id: ¦"4403"', "identity.region_id", "six digits"),
    Mistake(W, "  city_name: Shenzhen\n", "", "identity.city_name", "lamp records must have it", "identity:\n  ¦rscu_sn"),
    Mistake(W, "region: 440304}", "region: ¦110115}", "devices.signal.driver.region", "expected 440304 as identity.region_id"),
    Mistake(W, PAGE, f"position: {{antenna_east_m: ¦526.1, antenna_north_m: -300.9}}\n{PAGE}", "position.antenna_east_m", "GCJ-02"),
    Mistake(W, NORTH, NORTH.replace("east_m: 4.0, north_m: -24.0", "east_m: ¦530.1, north_m: -324.9"), "sensors.0.mount.east_m", "from the next one"),
]  # fmt: skip

SENSORS = [
    Mistake(W, NORTH, NORTH.replace("yaw_deg: 0.0", "yaw_deg: ¦1.5708"), "sensors.0.mount.yaw_deg", "in radians? 90 degrees"),
    Mistake(W, EAST, EAST.replace("yaw_deg: 90.0", "yaw_deg: ¦-1.57"), "sensors.1.mount.yaw_deg", "in radians? -90 degrees"),
    Mistake(W, NORTH, NORTH.replace("height_m: 7.0", "height_m: ¦0"), "sensors.0.mount.height_m", "1.5 to 30 metres above the road, got 0"),
    Mistake(W, NORTH, NORTH.replace(", height_m: 7.0", ""), "sensors.0.mount.height_m", "got 0 (not surveyed?", "sensors:\n  - device: camera-north\n    mount: ¦{"),
    Mistake(W, NORTH, NORTH.replace("height_m: 7.0", "height_m: ¦100"), "sensors.0.mount.height_m", "in cm, or above the sea?"),
    Mistake(W, NORTH, NORTH.replace("height_m: 7.0", "height_m: ¦7000"), "sensors.0.mount.height_m", "got 7000"),
    Mistake(W, NORTH, NORTH.replace("east_m: 4.0, north_m: -24.0", "east_m: ¦4000, north_m: -24000"), "sensors.0.mount.east_m", "m from the next one (in mm?)"),
    Mistake(W, NORTH, NORTH.replace("east_m: 4.0, north_m: -24.0", "east_m: ¦400, north_m: -2400"), "sensors.0.mount.east_m", "m from the next one (in cm?)"),
    Mistake(W, EAST, EAST.replace("east_m: -24.0, north_m: -4.0", "east_m: ¦-240, north_m: -400"), "sensors.1.mount.east_m", "near the lanes"),
    Mistake(W, FIELD, "field_of_view: {range_m: ¦0.095, width_deg: 86.0}", "sensors.0.field_of_view.range_m", "15 to 500 metres, got 0.095 (in km?)"),
    Mistake(W, FIELD, "field_of_view: {range_m: ¦1, width_deg: 86.0}", "sensors.0.field_of_view.range_m", "15 to 500 metres, got 1"),
    Mistake(W, FIELD, "field_of_view: {range_m: ¦100000, width_deg: 86.0}", "sensors.0.field_of_view.range_m", "got 100000 (in cm or mm?)"),
    Mistake(W, FIELD, "field_of_view: {range_m: 95.0, width_deg: ¦1.5}", "sensors.0.field_of_view.width_deg", "in radians? 86 degrees"),
    Mistake(E, FIELD, "field_of_view: {range_m: 95.0, width_deg: 86.0, near_m: ¦95}", "sensors.0.field_of_view.near_m", "less than range_m, 95"),
    Mistake(W, FIELD, "field_of_view: {range_m: 95.0, width_deg: 86.0, near_m: ¦60}", "sensors.0.field_of_view.near_m", "less than half of range_m"),
    Mistake(W, "noise: {along_m: 0.6", "noise: {along_m: ¦60", "sensors.0.noise.along_m", "0.02 to 10, got 60 (in cm?)"),
    Mistake(W, RADAR, RADAR.replace("azimuth_deg: 0.7", "azimuth_deg: ¦0.0122"), "sensors.4.noise.azimuth_deg", "in radians?"),
    Mistake(W, RADAR, RADAR.replace("speed_mps: 0.12", "speed_mps: ¦12"), "sensors.4.noise.speed_mps", "0.01 to 5, got 12"),
    Mistake(W, "least_speed_mps: 0.3", "least_speed_mps: ¦30", "sensors.4.least_speed_mps", "in km/h?"),
    Mistake(W, "detection_probability: 0.7", "detection_probability: ¦0.007", "sensors.8.detection_probability", "0.2 to 1, got 0.007"),
    Mistake(E, LENS, LENS.replace("fx: 750.0", "fx: ¦0"), "sensors.8.camera.fx", "greater than 0, got 0"),
    Mistake(W, LENS, LENS.replace("fx: 750.0, fy: 750.0", "fx: 750.0, fy: ¦480.0"), "sensors.8.camera.fy", "pixels are square"),
    Mistake(E, LENS, "", "sensors.8.camera", "is missing: the camera's model", "  - ¦device: video-north\n    mount"),
    Mistake(W, LENS, LENS.replace("[-0.08,", "¦[-80.8,"), "sensors.8.camera.distortion", "k1 k2 p1 p2 k3"),
    Mistake(W, LENS, LENS.replace("pixel_sd: 2.0", "pixel_sd: ¦200"), "sensors.8.camera.pixel_sd", "the error of an edge"),
    Mistake(E, VIDEO, VIDEO.replace("pitch_deg: 18.0", "pitch_deg: -40.0"), "sensors.8.field_of_view", "is not in the picture", "    field_of_view: ¦{range_m: 60.0"),
    Mistake(W, VIDEO, VIDEO.replace("pitch_deg: 18.0", "pitch_deg: ¦0.314"), "sensors.8.mount.pitch_deg", "it begins at"),
    Mistake(W, "width_deg: 62.0, near_m", "width_deg: ¦120.0, near_m", "sensors.8.field_of_view.width_deg", "at most the 65 degrees"),
    Mistake(W, "image_px: [960, 540]", "image_px: ¦[540, 960]", "devices.video-north.video.image_px", "upright (swapped?)"),
    Mistake(W, "image_px: [960, 540]", "image_px: ¦[1920, 1080]", "devices.video-north.video.image_px", "about 960 px), got 1920 x 1080"),
]  # fmt: skip

DEVICES = [
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"localhost:27011"', "devices.camera-north.driver.link.tcp", "'localhost' does not appear"),
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"127.0.0.1"', "devices.camera-north.driver.link.tcp", 'expected "address:port", got "127.0.0.1"'),
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"127.0.0.1:0"', "devices.camera-north.driver.link.tcp", 'expected "address:port"'),
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"127.0.0.1:270110"', "devices.camera-north.driver.link.tcp", 'expected "address:port"'),
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"127.0.0.1：27011"', "devices.camera-north.driver.link.tcp", 'full-width characters: "127.0.0.1:27011"'),
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"192.168.001.020:8899"', "devices.camera-north.driver.link.tcp", "192.168.001.020"),
    Mistake(E, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"http://127.0.0.1:27011"', "devices.camera-north.driver.link.tcp", "http:"),
    Mistake(E, 'link: {tcp: "127.0.0.1:27011"}', 'link: ¦{tcp: "127.0.0.1:27011", local: x}', "devices.camera-north.driver.link", "exactly one of serial, tcp, udp, local"),
    Mistake(E, 'link: {tcp: "127.0.0.1:27011"}', 'link: ¦"127.0.0.1:27011"', "devices.camera-north.driver.link", "expected keys and values"),
    Mistake(E, 'link: {tcp: "127.0.0.1:27011"}', 'link: {¦tpc: "127.0.0.1:27011"}', "devices.camera-north.driver.link.tpc", 'did you mean "tcp"'),
    Mistake(W, 'tcp: "127.0.0.1:27011"', 'tcp: ¦"0.0.0.0:27011"', "devices.camera-north.driver.link.tcp", "only to listen on"),
    Mistake(W, 'tcp: "127.0.0.1:27012"', 'tcp: ¦"127.0.0.1:27011"', "devices.camera-east.driver.link.tcp", "another address than that of camera-north"),
    Mistake(W, 'link: {tcp: "127.0.0.1:27011"}', 'link: {udp: ¦{listen: "127.0.0.1:27091", peer: "127.0.0.1:27011"}}', "devices.camera-north.driver.link.udp", "expected tcp for a camera-json, got udp"),
    Mistake(W, SIGNAL, 'udp: {listen: "127.0.0.1:27022", peer: ¦"239.1.1.1:27021"}', "devices.signal.driver.link.udp.peer", "that of a group"),
    Mistake(W, SIGNAL, 'udp: {listen: ¦"127.0.0.1:27022", peer: "192.168.1.30:27021"}', "devices.signal.driver.link.udp.listen", "which only this box reaches"),
    Mistake(W, SIGNAL, 'udp: {listen: "192.168.1.10:27022", peer: ¦"127.0.0.1:27021"}', "devices.signal.driver.link.udp.peer", "this box itself"),
    Mistake(W, SIGNAL, 'udp: {listen: ¦"192.168.1.30:27022", peer: "192.168.1.30:27021"}', "devices.signal.driver.link.udp.listen", "that of the peer"),
    Mistake(W, SIGNAL, 'udp: {listen: ¦"127.0.0.1:27021", peer: "127.0.0.1:27021"}', "devices.signal.driver.link.udp.listen", "another address than that of the peer"),
    Mistake(E, SIGNAL, 'udp: {listen: "0.0.0.0:27022", peer: ¦"[fd00::30]:27021"}', "devices.signal.driver.link.udp.peer", "an address of IPv4 as listen has"),
    Mistake(E, AIR, 'udp: {listen: ¦"127.0.0.1:27022", peer: "127.0.0.1:27031"}', "devices.radio.driver.link.udp.listen", "already used by signal"),
    Mistake(E, AIR, 'udp: {listen: ¦"0.0.0.0:27022", peer: "127.0.0.1:27031"}', "devices.radio.driver.link.udp.listen", "already used by signal"),
    Mistake(W, AIR, 'tcp: ¦"127.0.0.1:27031"', "devices.radio.driver.link.tcp", "expected udp for a radio-agent"),
    Mistake(W, CLI + "\n      " + DATA, CLI.replace("115200", "¦921600") + "\n      " + DATA.replace("921600", "115200"), "devices.radar-north.driver.cli.serial.baud", "swapped?"),
    Mistake(W, CLI + "\n      " + DATA, CLI.replace("radar-north-cli", "¦radar-north-data") + "\n      " + DATA.replace("radar-north-data", "radar-north-cli"), "devices.radar-north.driver.cli.serial.path", "the line for commands"),
    Mistake(W, DATA, DATA.replace("921600", "¦115200"), "devices.radar-north.driver.data.serial.baud", "expected the speed of the profile"),
    Mistake(W, DATA, DATA.replace("921600", "¦912600"), "devices.radar-north.driver.data.serial.baud", "did you mean 921600?"),
    Mistake(E, DATA, DATA.replace("921600", "¦92160000"), "devices.radar-north.driver.data.serial.baud", "less than or equal to 4000000"),
    Mistake(E, "path: gnss, baud", "path: ¦radar-north-cli, baud", "devices.gnss.driver.link.serial.path", "already used by radar-north"),
    Mistake(W, "path: gnss, baud", "path: ¦COM3, baud", "devices.gnss.driver.link.serial.path", "a name of Windows"),
    Mistake(W, "path: gnss, baud", "path: ¦ttyUSB0, baud", "devices.gnss.driver.link.serial.path", "/dev/ttyUSB0?"),
    Mistake(W, "path: gnss, baud", "path: ¦dev/ttyS1, baud", "devices.gnss.driver.link.serial.path", "/dev/ttyS1?"),
    Mistake(W, "path: gnss, baud", "path: ¦/etc/gnss, baud", "devices.gnss.driver.link.serial.path", "begin with /dev/"),
    Mistake(E, "silence_ms: 2000", "silence_ms: ¦2", "devices.video-north.driver.silence_ms", "greater than or equal to 100, got 2 (in milliseconds)"),
    Mistake(W, "silence_ms: 2000", "silence_ms: ¦200", "devices.video-north.driver.silence_ms", "as it speaks every 200 ms"),
    Mistake(W, "nominal_interval_ms: 1000", "nominal_interval_ms: 5000", "devices.signal.driver.silence_ms", "as it speaks every 5000 ms", '    driver: ¦{link: {udp: {listen: "127.0.0.1:27022"'),
    Mistake(W, "latency_ms: 60, rate_hz", "latency_ms: ¦0.06, rate_hz", "devices.video-north.video.source.latency_ms", "something like 120, got 0.06"),
    Mistake(W, STREAM, 'stream: ¦"rtsp://admin:12345@192.168.1.64/1"', "devices.video-north.video.source.stream", "without a password"),
    Mistake(W, STREAM, 'stream: ¦"rtsp://192.168.1.64:80/1"', "devices.video-north.video.source.stream", "a usual port of rtsp, got 80"),
    Mistake(E, STREAM, 'stream: ¦"192.168.1.64:554"', "devices.video-north.video.source.stream", "rtsp://ADDRESS"),
    Mistake(E, STREAM, "file: ¦film.avi", "devices.video-north.video.source.file", 'there is no file "film.avi"'),
    Mistake(W, STREAM, "file: ¦demo.yaml", "devices.video-north.video.source.file", "cannot be read as one"),
    Mistake(E, STREAM, "device: ¦video0", "devices.video-north.video.source.device", "begins with /dev/"),
    Mistake(E, "motion: {learn_s: 8}", "onnx: {model: ¦yolo.onnx}", "devices.video-north.video.onnx.model", 'there is no file "yolo.onnx"'),
    Mistake(E, "motion: {learn_s: 8}", "region_px: [[0, 0], [960, 0], ¦[9600, 540]]", "devices.video-north.video.region_px.2", "outside the picture"),
    Mistake(W, "motion: {learn_s: 8}", "region_px: ¦[[0, 0], [1, 0], [1, 1], [0, 1]]", "devices.video-north.video.region_px", "in shares of 1?"),
    Mistake(W, "motion: {learn_s: 8}", "region_px: ¦[[0, 0], [960, 540], [960, 0], [0, 540]]", "devices.video-north.video.region_px", "edges that cross"),
]  # fmt: skip

OTHERS = [
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: ¦8883}", "uplink.platform.port", "expected a section tls with port 8883"),
    Mistake(W, PLATFORM, "platform: ¦{host: 127.0.0.1}", "uplink.platform", "expected a section tls with port 8883"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: ¦1883, tls: {ca: /etc/hosts}}", "uplink.platform.port", "expected port 8883 with tls"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: 8883, tls: {ca: ¦/etc/hosts}}", "uplink.platform.tls.ca", "expected certificates in PEM"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: 8883, tls: {ca: ¦/nowhere/ca.pem}}", "uplink.platform.tls.ca", "No such file"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: 8883, tls: {ca: ¦no-such}}", "uplink.platform.tls.ca", "/etc/rsu/credentials/no-such"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: 8883, tls: {ca: ¦pki/ca.pem}}", "uplink.platform.tls.ca", "a relative path"),
    Mistake(E, PLATFORM, "platform: {host: 127.0.0.1, tls: ¦{ca: /etc/hosts, key: /etc/hosts}}", "uplink.platform.tls", "certificate and key belong together"),
    Mistake(W, PLATFORM, "platform: {host: 10.0.0.9, port: 1883, username: ¦rsu, password_file: /etc/hosts}", "uplink.platform.username", "in clear"),
    Mistake(E, PLATFORM, "platform: {host: 10.0.0.9, port: 1883, username: rsu, ¦password: secret}", "uplink.platform.password", 'did you mean "password_file"'),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: 1883, password_file: ¦/etc/hosts}", "uplink.platform.password_file", "expected a username"),
    Mistake(W, PLATFORM, 'platform: {host: ¦"mqtt://10.0.0.9", port: 1883}', "uplink.platform.host", "the name or address alone"),
    Mistake(W, PLATFORM, 'platform: {host: ¦"10.0.0.9:1883", port: 1883}', "uplink.platform.host", "the name or address alone"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: ¦18083}", "uplink.platform.port", "the broker's page"),
    Mistake(W, PLATFORM, "platform: {host: 127.0.0.1, port: 1883, dialect: ¦openv2x}", "uplink.platform.dialect", "expected uplink.run_status_s below 15"),
    Mistake(E, PLATFORM, "platform: {host: 127.0.0.1, port: 1883, dialect: ¦openv3x}", "uplink.platform.dialect", "there are cooperative, dris, gat1049, openv2x, rcu2cloud, tits0117, tits0180, tits0180-http"),
    Mistake(E, PLATFORM, "platform: {host: 127.0.0.1, port: ¦188300}", "uplink.platform.port", "less than or equal to 65535"),
    Mistake(E, "uplink:\n", "uplink:\n  participants_hz: ¦100\n", "uplink.participants_hz", "less than or equal to 10, got 100 (in 1/s)"),
    Mistake(W, PAGE, "page: {host: 127.0.0.1, port: ¦27041}", "page.port", "that of the platform"),
    Mistake(W, PAGE, "page: {host: 127.0.0.1, port: ¦80}", "page.port", "only root"),
    Mistake(W, "max_gib: 1,", "max_gib: ¦1000000,", "recording.disk.max_gib", "the size of the disk"),
    Mistake(W, "max_gib: 1,", "max_gib: ¦0.1,", "recording.disk.max_gib", "room for two files"),
    Mistake(W, "  enabled: true\n", "  enabled: true\n  max_age_h: ¦1000\n", "recording.max_age_h", "at most event_max_age_h, 720"),
    Mistake(W, *event("congestion", "{release_mps: ¦1.0}"), "events.congestion.release_mps", "at least slow_mps, 2.8"),
    Mistake(W, *event("wrong_way", "{release_mps: ¦5.0}"), "events.wrong_way.release_mps", "at most least_mps, 2"),
    Mistake(W, *event("stopped_vehicle", "{walking_mps: ¦3.0}"), "events.stopped_vehicle.walking_mps", "at most release_mps, 1.5"),
    Mistake(W, *event("overspeed", "{over_percent: ¦10}"), "events.overspeed.over_percent", "at least release_percent, 15"),
    Mistake(W, *event("object", "{code: ¦405}"), "events.object.code", "another code than that of pedestrian"),
    Mistake(W, *event("stopped_vehicle", "{start_after_s: ¦1500}"), "events.stopped_vehicle.start_after_s", "something like 1.5, got 1500"),
    Mistake(W, *event("queue_end", "{radius_m: ¦1000}"), "events.queue_end.radius_m", "something like 10"),
    Mistake(E, *event("wrong_way", "{only_in: [nowhere]}"), "events", "no zone is called 'nowhere'", "events:\n  ¦wrong_way"),
    Mistake(W, *event("zones", "[{name: a, polygon_m: ¦[[0, 0], [10, 10], [10, 0], [0, 10]]}]"), "events.zones.0.polygon_m", "edges that cross"),
    Mistake(W, *event("zones", "[{name: a, polygon_m: ¦[[0, 0], [0.01, 0], [0.01, 0.02]]}]"), "events.zones.0.polygon_m", "1 m2 or more"),
    Mistake(W, *event("zones", "[{name: a, polygon_m: ¦[[600, 600], [610, 600], [610, 610]]}]"), "events.zones.0.polygon_m", "near the lanes"),
    Mistake(E, *event("zones", "[{name: a, polygon_m: [¦[-1000, 6000], [1000, 6000], [1000, 10000]]}]"), "events.zones.0.polygon_m.0", "in cm or mm?"),
    Mistake(W, PAGE, f"statistics: {{periods_s: [60, ¦5000]}}\n{PAGE}", "statistics.periods_s.1", "in ms? 5 s"),
    Mistake(W, PAGE, f"statistics: {{periods_s: [60, ¦60]}}\n{PAGE}", "statistics.periods_s.1", "each period once"),
    Mistake(E, PAGE, f"statistics: {{periods_s: [60, ¦900000]}}\n{PAGE}", "statistics.periods_s.1", "less than or equal to 86400"),
    Mistake(W, PAGE, f"clock: {{gnss_delay_ms: ¦0.015}}\n{PAGE}", "clock.gnss_delay_ms", "something like 15"),
    Mistake(W, PAGE, f"tracking: {{max_coast_ms: ¦0.6}}\n{PAGE}", "tracking.max_coast_ms", "something like 600"),
    Mistake(W, SIGN, SIGN.replace("east_m: 8.0, north_m: 60.0", "east_m: ¦800, north_m: 6000"), "messages.signs.0.east_m", "near the lanes"),
    Mistake(E, PAGE, f"tracking: {{last_id: ¦10}}\n{PAGE}", "tracking.last_id", "greater than or equal to 255"),
]  # fmt: skip

SITE = [*SYNTAX, *VALUES, *NAMES, *PLACES, *SENSORS, *DEVICES, *OTHERS]
