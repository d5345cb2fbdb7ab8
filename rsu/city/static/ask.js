// Requests to the city: JSON, with the token of the session where something changes.

let session = { name: null };

export async function ask(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

export async function give(path, said) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": session.csrf ?? "" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(said) });
  const told = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.text), { told });
  return told;
}

export async function who() {
  session = await ask("api/session");
  return session;
}
