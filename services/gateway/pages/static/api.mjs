// @ts-check
// Commands to the API.

/** Longer than the server waits for a service, so that its answer is heard. */
const ANSWER_MS = 6500;

/** A new idempotency key; works on plain HTTP too, where `randomUUID` does not exist. */
function key() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a command. `status` 0 = no answer, so nothing is known. @param {string} path @param {object} body
 * @returns {Promise<{ok: boolean, status: number, body: any, problem: string}>} */
export async function post(path, body) {
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key() },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const told = await answer.json();
    return { ok: answer.ok, status: answer.status, body: told, problem: told.detail ?? "" };
  } catch {
    return { ok: false, status: 0, body: null, problem: "The server did not answer" };
  }
}

/** Open what is missing and add a leaderboard cue. Returns what to tell the person.
 * @param {DOMStringMap} have ids of the session and sheet there are, the game, its table and event
 * @returns {Promise<[string, boolean]>} */
export async function addLeaderboard(have) {
  const table = have.table ?? "", event = have.event ?? "";
  let sheet = have.add ?? have.sheet ?? "";
  if (!sheet) {
    let session = have.session ?? "";
    if (!session) {
      const stamp = new Date().toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-");
      const opened = await post("/sessions", { code: `S-${stamp}`, event_name: event || `Table ${table}` });
      if (!opened.ok) return [`No session was opened. ${opened.problem}`, false];
      session = opened.body.id;
    }
    const added = await post(`/sessions/${session}/sheets`, { name: "Main show" });
    if (!added.ok) return [`The session has no sheet yet. ${added.problem}`, false];
    sheet = added.body.id;
  }
  const parameters = { game_id: have.gameId, table_name: table, ...(event && { subtitle: event }) };
  const cue = await post(`/sheets/${sheet}/items`, { composition: "table_leaderboard", title: `${table} leaderboard`, parameters });
  return cue.ok ? ["Cue added", true] : [`No cue was added. ${cue.problem}`, false];
}
