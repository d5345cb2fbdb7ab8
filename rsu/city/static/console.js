// Login, and the command console of the chosen box: contents to begin with, the states of all that were given.

import { ask, give, who } from "./ask.js";
import { clock, either, fill, word } from "./words.js";

const node = (id) => document.getElementById(id);
const CONTENTS = {
  query: { InfoId: 0 },
  config: { airConfig: { rsm: { send: true } }, rateConfig: { participant: 1 } },
  "om-config": { hbRate: 60, runningInfoRate: 60, time: 0, power: 0 },
  event: { eventList: [{ eventId: 1, eventType: 501, longitude: 0, latitude: 0, priority: "5" }] },
  traffic: { startTime: 0, endTime: 0, laneFlowData: [{ branchId: "", laneId: "1", congestionLevel: 2 }] },
  v2x: { rsi: {} },
  recorder: { verb: "start" },
  upload: { what: "log" },
  doctor: { language: "en" },
};
const COLOURS = { applied: "online", sent: "", given: "", refused: "silent", failed: "offline", unanswered: "offline" };
let session = { name: null };
let box = null;

function problem(error) {
  node("problem").textContent = error ? (error.told ? either(error.told) : word("lost")) : "";
}

async function renew() {
  session = await who();
  show();
}

export function show() {
  const inside = session.name !== null;
  node("login").hidden = inside;
  node("code").hidden = node("code-label").hidden = !session.setup;
  node("code").required = Boolean(session.setup);
  node("logout").hidden = !inside;
  node("logout").textContent = inside ? word("logout", session.name) : "";
  node("command").hidden = !inside || session.role !== "administer" || !box;
  node("send").textContent = box ? word("send", box) : "";
}

function begin() {
  node("content").value = JSON.stringify(CONTENTS[node("kind").value], null, 1);
}

export async function follow(chosen) {
  box = chosen;
  show();
  const rows = await ask(`api/commands${box ? `?box=${encodeURIComponent(box)}` : ""}`);
  const heads = ["kind", "state", "given", "user", "why"];
  fill("commands", box ? heads : ["box", ...heads], rows.map((row) => ({
    texts: [...(box ? [] : [row.box]), row.command, [word(`state-${row.state}`), COLOURS[row.state]], clock(row.given_ms), row.user, row.why],
    title: JSON.stringify(row.answer ?? row.body, null, 1),
  })));
}

node("kind").replaceChildren(...Object.keys(CONTENTS).map((name) => new Option(name, name)));
node("kind").addEventListener("change", begin);
begin();
node("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = { name: node("name").value, password: node("password").value, code: node("code").value };
  try {
    await give(session.setup ? "api/setup" : "api/login", said);
    node("password").value = node("code").value = "";
    problem();
    await renew();
  } catch (error) {
    problem(error);
  }
});
node("logout").addEventListener("click", async () => {
  await give("api/logout", {});
  await renew();
});
node("command").addEventListener("submit", async (event) => {
  event.preventDefault();
  let content;
  try {
    content = JSON.parse(node("content").value);
  } catch {
    node("problem").textContent = word("no-json");
    return;
  }
  try {
    await give("api/commands", { box, command: node("kind").value, content, seconds: Number(node("seconds").value) });
    problem();
    await follow(box);
  } catch (error) {
    problem(error);
  }
});
renew();
