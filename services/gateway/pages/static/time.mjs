// @ts-check
// Times on the page: the server's clock, drawn locally between its answers.

/** Milliseconds the server's clock is ahead of ours; null until it was measured. @type {number | null} */
let ahead = null;

/** Take a measurement: what the server said, and when we asked and heard (ms, our clock).
 * @param {string} serverNow @param {number} asked @param {number} heard */
export function measured(serverNow, asked, heard) {
  const said = Date.parse(serverNow);
  if (!Number.isNaN(said)) ahead = said - (asked + heard) / 2;
}

/** Now on the server's clock, ms. */
export const now = () => Date.now() + (ahead ?? 0);

/** Clocks of two machines differ by less; what lies further ahead is not understood. */
const AHEAD_MS = 2000;

/** A length of time in words: 0.8 s, 12 s, 4 min, 2 h, 3 d; `?` for the future. @param {number} ms */
export function span(ms) {
  if (ms < -AHEAD_MS) return "?";
  const s = Math.max(0, ms) / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

/** hh:mm:ss in the viewer's zone. @param {number} at */
export const clock = (at) => new Date(at).toLocaleTimeString("en-GB");

/** Write a text only where it changed. @param {Element | null} node @param {string} text */
export function write(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/** Draw the clock, and every age and due time unless the link is lost. @param {boolean} known */
export function tick(known) {
  const at = now();
  write(document.getElementById("clock"), clock(at));
  for (const node of document.querySelectorAll("time[data-clock]")) {
    write(node, clock(Date.parse(/** @type {HTMLTimeElement} */ (node).dateTime)));
  }
  if (!known) return;
  let newest = -Infinity;
  for (const node of document.querySelectorAll("time[data-age]")) {
    const said = Date.parse(/** @type {HTMLTimeElement} */ (node).dateTime);
    if (node.closest("#hands")) newest = Math.max(newest, said);
    write(node, span(at - said));
  }
  for (const node of document.querySelectorAll("time[data-due]")) {
    const left = Date.parse(/** @type {HTMLTimeElement} */ (node).dateTime) - at;
    write(node, left < 0 ? "due now" : `in ${span(left)}`);
  }
  write(document.getElementById("link-data"), newest > 0 ? `${span(at - newest)} old` : "no hand yet");
}

/** Name the viewer's zone under the clock. */
export function nameZone() {
  const minutes = -new Date().getTimezoneOffset();
  const sign = minutes < 0 ? "−" : "+";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60 ? `:${String(Math.abs(minutes) % 60).padStart(2, "0")}` : "";
  write(document.getElementById("zone"), `Here UTC${sign}${hours}${rest}`);
}
