// Requests that change something: with the token of the session, and to the login where there is no session any more.

let csrf = null;

/** The session: {name, role, login}, or {name: null, setup} without one. */
export async function session() {
  const found = await (await fetch("api/session")).json();
  csrf = found.csrf || "";
  return found;
}

/** Go to the login, unless a session goes on. */
export async function stayLoggedIn() {
  if ((await session()).name === null) location.assign("login.html");
}

/** Send a file as it is; answers as `ask`. */
export const upload = (path, file) => send(path, file, "POST");

/** Ask the server; return its answer as {ok, status, told}: told is JSON or text. */
export function ask(path, body, method = body === undefined ? "GET" : "POST") {
  return send(path, body === undefined ? undefined : JSON.stringify(body), method);
}

/** Ask a question that changes nothing, each second anew until there is an answer: the page's server restarts at times. */
export async function askPatiently(path, body) {
  for (;;) {
    try {
      return await ask(path, body);
    } catch (error) {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

async function send(path, body, method) {
  if (method !== "GET" && csrf === null) await session();
  const headers = new Headers();
  if (method !== "GET") headers.set("X-CSRF-Token", csrf);
  const answer = await fetch(path, {method, headers, body});
  const text = await answer.text();
  if (answer.status === 401 && !location.pathname.endsWith("login.html")) location.assign("login.html");
  return {ok: answer.ok, status: answer.status, told: parsed(text)};
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    return {text, text_zh: text};
  }
}
