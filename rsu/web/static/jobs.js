// Work of the page's server that takes longer than a request: begun once, asked for until it has ended.

import {ask} from "./ask.js";

const LOOK_MS = 1000;

/** Begin work, or with `body` undefined look at the newest; return its end: {state, answer} or {state, text, text_zh}. */
export async function done(path, body, runs) {
  let found = await ask(path, body);
  while (found.ok && found.told.state === "runs") {
    runs((Date.now() / 1000 - found.told.begun_s));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    found = await ask(path);
  }
  return found.ok ? found.told : {state: "failed", ...found.told};
}
