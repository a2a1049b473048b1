// @ts-check
// The page's entry: joins the link, the fragments, TAKE and the clock. HTMX swaps the fragments.
import { addLeaderboard } from "./api.mjs";
import { Link } from "./link.mjs";
import { Take } from "./take.mjs";
import { clock, nameZone, now, span, tick, write } from "./time.mjs";

/** @type {any} */
const htmx = Reflect.get(window, "htmx");
/** A region asks the server again at most this often. */
const REFRESH_MS = 250;
const TICK_MS = 100;
const BACK_MS = 6000;
/** What was said to the person stays this long. */
const SAID_MS = 12000;
/** A region that could not be read is asked for again after this. */
const AGAIN_MS = 1000;

const by = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const regions = [...document.querySelectorAll("[data-reads]")];
/** What a region last showed: the same bytes are not swapped in again. @type {Map<Element, string>} */
const shown = new Map();
/** @type {Set<Element>} */
const dirty = new Set();
/** Scroll positions belong to the reader: kept over a swap. @type {Map<Element, number>} */
const scrolled = new Map();
/** @type {Map<string, any>} */
const progress = new Map();
const chosen = { armed: "", game_id: "" };
let saidAt = 0;

/** @param {string} text @param {boolean} [fault] */
function say(text, fault = false) {
  saidAt = performance.now();
  write(by("said"), text);
  by("said").classList.toggle("fault", fault);
}

/** Ask for every region that reads one of these projections; none = all. @param {string} [projection] */
function refresh(projection) {
  for (const region of regions) {
    const reads = (region.getAttribute("data-reads") ?? "").split(" ");
    if (!projection || reads[0] === "*" || reads.includes(projection)) dirty.add(region);
  }
}

/** Whatever is shown may be old: draw everything anew. */
function reread() {
  shown.clear();
  refresh();
}

function flush() {
  if (link.state === "live") for (const region of dirty) htmx.trigger(region, "refresh");
  if (link.state === "live") dirty.clear();
}

/** @param {any} body */
function drawProgress(body) {
  for (const node of document.querySelectorAll(`[data-render="${CSS.escape(body.render_id)}"]`)) {
    write(node.querySelector(".words"), "Rendering");
    write(node.querySelector(".percent"), `${body.progress} %`);
    write(node.querySelector(".frames"), body.frames ? `${body.frame} of ${body.frames} frames` : "");
    const bar = node.querySelector("progress");
    if (bar) bar.value = body.progress;
  }
}

/** @param {string} name @param {any} data */
function heard(name, data) {
  if (name === "resync") reread();
  else if (name === "read-model") refresh(data.projection);
  else if (data.type.startsWith("render.render_progress.") && ["started", "progress"].includes(data.body.verb)) {
    progress.clear();
    progress.set(data.body.render_id, data.body);
    drawProgress(data.body);
  }
}

/** @param {Element} region */
function again(region) {
  setTimeout(() => dirty.add(region), AGAIN_MS);
}

/** Nothing shown is known to be true any more. */
function unsure() {
  document.querySelectorAll("[data-live]").forEach((node) => write(node, "?"));
  for (const node of document.querySelectorAll("[data-unsure] .word, [data-unsure] > .badge")) {
    node.append(" ?");
  }
  const text = `LAST KNOWN AT ${clock(now())}`;
  document.querySelectorAll(".cap").forEach((node) => node.setAttribute("data-last", text));
}

/** @param {import("./link.mjs").State} state @param {import("./link.mjs").State} before */
function changed(state, before) {
  document.body.className = state;
  const banner = by("banner");
  if (state === "lost") {
    say("");
    unsure();
    banner.className = "banner";
    banner.hidden = false;
  } else if (before === "lost") {
    banner.className = "banner back";
    write(by("banner-what"), `Back after ${span(Date.now() - link.lostAt)}`);
    write(by("banner-why"), "Everything on the page was read again.");
    setTimeout(() => { if (link.state === "live") banner.hidden = true; }, BACK_MS);
    take.guard("Back online");
  }
  if (state === "live") reread();
  draw();
}

function draw() {
  if (performance.now() - saidAt > SAID_MS) write(by("said"), "");
  tick(link.state === "live");
  take.draw();
  if (link.state === "live") {
    write(by("link-server"), `${link.pingMs} ms`);
    write(by("keys"), document.hasFocus() ? "Keys active: Space or F12 takes" : "Keys off: the window has no focus");
    return;
  }
  const off = link.state === "lost" ? "offline" : "connecting";
  write(by("keys"), `Keys off: ${off}`);
  if (link.state === "lost") {
    write(by("banner-what"), `CONNECTION LOST ${span(Date.now() - link.lostAt)}`);
    write(by("banner-why"), `${link.reason} Air may still run: check the picture monitor.`);
  }
}

const live = () => link.state === "live";
const take = new Take({ live, say, taken: () => { chosen.armed = ""; refresh(); } });
const link = new Link({ state: changed, event: heard });

/** @param {HTMLButtonElement} button */
async function add(button) {
  button.disabled = true;
  const [text, ok] = await addLeaderboard(button.dataset);
  say(text, !ok);
  button.disabled = false;
  refresh("rundown");
}

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (!button) return;
  if (button.id === "reconnect") link.connect();
  if (button.dataset.arm) chosen.armed = button.dataset.arm;
  if (button.dataset.game) chosen.game_id = button.dataset.game;
  if (button.dataset.arm || button.dataset.game) refresh();
  if ("setup" in button.dataset || "add" in button.dataset) void add(button);
});
document.body.addEventListener("htmx:configRequest", (event) => {
  Object.assign(/** @type {any} */ (event).detail.parameters, chosen);
});
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, isError } = /** @type {any} */ (event).detail;
  // A region that could not be read keeps what it shows, unless it never showed anything.
  const same = shown.get(target) === xhr.responseText;
  if (isError && !shown.has(target)) write(target.querySelector(".empty"), "Not readable yet; trying again");
  /** @type {any} */ (event).detail.shouldSwap = !isError && !same && live();
  if (isError || !live()) again(target);
  else shown.set(target, xhr.responseText);
  scrolled.set(target, target.querySelector(".scroll")?.scrollTop ?? 0);
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  // Before the region is painted: settling comes a moment later, and the ages would flash as "?".
  tick(live());
  const { target } = /** @type {any} */ (event).detail;
  const list = target.querySelector(".scroll");
  const top = scrolled.get(target) ?? 0;
  if (list && top) list.scrollTop = top;
  // Who has not scrolled follows the air.
  else list?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
});
document.body.addEventListener("htmx:sendError", (event) => again(/** @type {any} */ (event).detail.target));
document.body.addEventListener("htmx:timeout", (event) => again(/** @type {any} */ (event).detail.target));
document.body.addEventListener("htmx:afterSettle", () => {
  progress.forEach(drawProgress);
  take.changed();
  draw();
});
nameZone();
setInterval(flush, REFRESH_MS);
setInterval(draw, TICK_MS);
