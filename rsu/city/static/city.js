// The city's page: boxes, road users of the map's area, events and traffic, asked for every second.

import { ask } from "./ask.js";
import { follow, show } from "./console.js";
import { CityMap } from "./map.js";
import { change, clock, fill, label, word } from "./words.js";

const PERIOD_MS = 1000;
let chosen = null;
let boxes = [];

const map = new CityMap(document.getElementById("map"), choose);

function choose(box) {
  chosen = box;
  const found = boxes.find((each) => each.box === box);
  if (found) map.look(found);
  refresh();
}

async function refresh() {
  const summary = document.getElementById("summary");
  try {
    const wanted = ["boxes", `users?area=${map.area()}`, "events", "vehicles", "accidents"].map((path) => ask(`api/${path}`));
    if (chosen) wanted.push(ask(`api/flows?box=${encodeURIComponent(chosen)}`));
    const [found, users, events, vehicles, accidents, flows = []] = await Promise.all(wanted);
    boxes = found;
    map.show(boxes, users, vehicles, chosen);
    const count = boxes.reduce((sum, box) => sum + box.users, 0);
    summary.textContent = word("summary", boxes.length, boxes.filter((box) => box.state === "online").length, count);
    const worst = ["offline", "silent", "online"]; // attention first
    boxes.sort((one, other) => worst.indexOf(one.state) - worst.indexOf(other.state) || one.box.localeCompare(other.box));
    fill("boxes", ["box", "state", "users", "heard"], boxes.map((box) => ({
      chosen: box.box === chosen, choose: () => choose(box.box), texts: [box.box, [word(box.state), box.state], box.users, clock(box.heard_ms)],
    })));
    fill("events", ["box", "event", "start", "end"], events.map((each) => ({
      texts: [each.box, each.code, clock(each.start_ms), each.end_ms ? clock(each.end_ms) : word("running")],
    })));
    document.getElementById("chosen").textContent = chosen ?? word("choose");
    fill("flows", ["period", "lane", "volume", "queue", "delay"], flows.map((each) => ({
      texts: [clock(each.end_ms), `${each.branch} ${each.lane}`, each.volume, each.queue_m.toFixed(1), each.delay_s?.toFixed(1) ?? ""],
    })));
    fill("vehicles", ["operator", "vehicle", "state", "speed", "heard"], vehicles.map((each) => ({
      texts: [each.operator, each.vehicle, each.state ? [word("abnormal"), "offline"] : [word("normal"), "online"], each.speed_kmh.toFixed(0), clock(each.time_s * 1000)],
    })));
    fill("accidents", ["operator", "vehicle", "time", "states", "noted"], accidents.map((each) => ({
      texts: [each.operator, each.vehicle, clock(each.time_s * 1000), each.states, each.by === "vehicle" ? word("vehicle") : each.by],
    })));
    await follow(chosen);
  } catch (error) {
    summary.textContent = word(error.message === "401" ? "closed" : "lost");
  }
}

document.getElementById("language").addEventListener("click", () => {
  change();
  label();
  show();
  refresh();
});
label();
refresh();
setInterval(refresh, PERIOD_MS);
