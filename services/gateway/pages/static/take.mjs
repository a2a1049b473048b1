// @ts-check
// The TAKE button: armed, sent, guarded, or blocked with its reason. The server decides what is on air.
import { post } from "./api.mjs";
import { write } from "./time.mjs";

/** After any take, and after the link is back, for so long nothing is taken. */
const GUARD_MS = 1000;

export class Take {
  /** @param {{live: () => boolean, say: (text: string, fault?: boolean) => void, taken: () => void}} desk */
  constructor(desk) {
    this.desk = desk;
    this.sending = "";
    this.guardUntil = 0;
    this.guardText = "";
    /** @type {string | null} */
    this.trigger = null;
    this.button = /** @type {HTMLButtonElement} */ (document.getElementById("take"));
    this.button.addEventListener("click", () => void this.press());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** What the server last told. */
  get told() {
    return /** @type {HTMLElement} */ (document.getElementById("take-state")).dataset;
  }

  /** Guard from now on. @param {string} text */
  guard(text) {
    this.guardUntil = performance.now() + GUARD_MS;
    this.guardText = text;
  }

  /** A new state arrived: somebody's take guards the button here too. */
  changed() {
    const { trigger = "", by = "" } = this.told;
    if (this.trigger !== null && trigger && trigger !== this.trigger && !this.sending) this.guard(`Taken by ${by}`);
    this.trigger = trigger;
    this.draw();
  }

  /** Words of the button, and whether it would take. @returns {[boolean, string, string]} */
  state() {
    const { item, cue = "", title = "", problem } = this.told;
    const left = this.guardUntil - performance.now();
    if (!this.desk.live()) return [false, "Blocked: offline", "No take is queued"];
    if (this.sending) return [false, `${this.sending} sent`, "Waiting for the answer"];
    if (left > 0) return [false, this.guardText, `again in ${(left / 1000).toFixed(1)} s`];
    if (!item) return [false, "Nothing to take", problem || "Reading the cue sheet"];
    return [true, cue, `${title} · Space F12`];
  }

  draw() {
    const [armed, what, why] = this.state();
    this.button.classList.toggle("off", !armed);
    this.button.setAttribute("aria-disabled", String(!armed));
    write(document.getElementById("take-cue"), what);
    write(document.getElementById("take-why"), why);
  }

  async press() {
    const [armed, what, why] = this.state();
    if (!armed) {
      this.desk.say(`Not taken. ${what}: ${why}`, true);
      return;
    }
    const { item = "", cue = "" } = this.told;
    this.sending = cue;
    this.draw();
    const answer = await post(`/items/${item}/trigger`, { trigger_type: "manual" });
    this.sending = "";
    if (answer.ok) this.guard("Taken by you");
    if (answer.ok) this.desk.say(`${cue} taken`);
    else if (answer.status) this.desk.say(`TAKE refused: ${cue}. ${answer.problem}`, true);
    else this.desk.say(`No answer to TAKE ${cue}: it may or may not be on air. Look at ON AIR.`, true);
    this.draw();
    this.desk.taken();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isKey = event.code === "F12" || event.code === "Space";
    if (!isKey || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (keysOff(event)) return;
    event.preventDefault();
    if (!event.repeat) void this.press();
  }
}

/** Why an air key must not work for this event; empty if it may. @param {KeyboardEvent} event */
function keysOff(event) {
  const at = /** @type {HTMLElement} */ (event.target);
  if (event.isComposing || at.isContentEditable || at.matches("input, textarea, select")) return "typing";
  // Space presses the button that has the focus; F12 presses none.
  return event.code === "Space" && at.closest("button, a, summary") ? "button" : "";
}
