// @ts-check
// The link to the server: one event stream, a ping a second, and a verdict: live or lost.
import { measured } from "./time.mjs";

/** Silence after which we say lost; with a look every 250 ms that is within 3 s. */
const LOST_MS = 2500;
const PING_MS = 1000;
const LOOK_MS = 250;
/** A look this late means that the page itself stood still: silence of its own is not the server's. */
const STALL_MS = 1000;

/** @typedef {"connecting" | "live" | "lost"} State */
/** @typedef {{state: (now: State, before: State) => void, event: (name: string, data: any) => void}} Hears */

export class Link {
  /** @param {Hears} hears */
  constructor(hears) {
    this.hears = hears;
    /** @type {State} */
    this.state = "connecting";
    this.reason = "";
    this.pingMs = 0;
    this.lostAt = 0;
    this.answered = performance.now();
    this.streamed = performance.now();
    this.looked = performance.now();
    /** @type {EventSource | null} */
    this.stream = null;
    this.connect();
    setInterval(() => void this.ping(), PING_MS);
    setInterval(() => this.look(), LOOK_MS);
    void this.ping();
  }

  /** Open a new stream at once. */
  connect() {
    this.stream?.close();
    const stream = new EventSource("/api/v1/stream");
    this.stream = stream;
    for (const name of ["notice", "read-model", "resync"]) {
      stream.addEventListener(name, (event) => {
        this.streamed = performance.now();
        this.hears.event(name, JSON.parse(/** @type {MessageEvent} */ (event).data));
      });
    }
    stream.onopen = () => this.look();
    stream.onerror = () => {
      // The browser tries again by itself unless the answer was a refusal.
      if (stream.readyState === EventSource.CLOSED && stream === this.stream) {
        setTimeout(() => stream === this.stream && this.connect(), PING_MS);
      }
    };
  }

  async ping() {
    const asked = Date.now();
    try {
      const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(LOST_MS) });
      const body = await answer.json();
      measured(body.now, asked, Date.now());
      this.pingMs = Date.now() - asked;
      this.answered = performance.now();
    } catch {
      // `look` counts the silence.
    }
    this.look();
  }

  look() {
    const at = performance.now();
    const stalled = at - this.looked > STALL_MS ? at - this.looked : 0;
    this.looked = at;
    this.answered += stalled;
    this.streamed += stalled;
    if (this.stream?.readyState === EventSource.OPEN) this.streamed = at;
    const silent = at - this.answered > LOST_MS;
    const deaf = at - this.streamed > LOST_MS;
    this.reason = silent ? "The server does not answer." : "The server answers, but its stream is closed. Signed out? Open the link with the token again.";
    if (silent || deaf) this.become("lost");
    else if (this.stream?.readyState === EventSource.OPEN) this.become("live");
  }

  /** @param {State} state */
  become(state) {
    const before = this.state;
    if (state === before) return;
    if (state === "lost") this.lostAt = Date.now() - LOST_MS;
    this.state = state;
    this.hears.state(state, before);
  }
}
