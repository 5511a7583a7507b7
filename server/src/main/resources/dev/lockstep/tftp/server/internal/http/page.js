// The live page: one event a second from the server, shown in place.

import {Charts, peak} from "./charts.js";
import {
  ageText, bytesIn, bytesText, dateText, durationText, plural, rateText, shareText, timeText, whole
} from "./format.js";
import {LiveTable, element, setQuantity, setText} from "./table.js";

const STALE_AFTER = 3500; // ms without an event; the server sends one each second
const CONNECT_AGAIN_AFTER = 8000;
const LONGEST_PAUSE = 10_000;
const SAMPLES = 300;
const RECENT = 1000;
const FIRST_ROWS = matchMedia("(max-width: 860px)").matches ? 10 : 25;
const MORE_ROWS = 75;
const LARGEST_QUERY = 1000;
const FEW_BYTES = 1;
const NO_RULE = "none"; // the name of the server for requests that no rule matches
const SLOW_START = 3; // seconds until a transfer without progress counts as stalled

const place = id => document.getElementById(id);
const state = {
  snapshot: null,
  running: {count: 0, matching: 0, rows: []},
  recent: new Map(),
  rates: [],
  configuration: null,
  shown: {running: FIRST_ROWS, recent: FIRST_ROWS},
  paused: false,
  lastEvent: 0,
  clockOffset: 0
};

const getJson = async path => {
  const reply = await fetch(path, {headers: {Accept: "application/json"}});
  if (!reply.ok) throw new Error((await reply.text()).trim() || "status " + reply.status);
  return reply.json();
};

// --- tables ---------------------------------------------------------------------------------------------------------

const text = (one, other) => one.localeCompare(other, "en", {numeric: true});
const RESULTS = {
  complete: "complete", unconfirmed: "unconfirmed", probe: "size only", stopped: "stopped by peer", replaced: "replaced",
  failed: "failed", refused: "refused"
};

function showFile(cell, row) {
  if (!cell.firstElementChild) {
    element(cell, "span", "operation");
    element(cell, "bdi", "file");
  }
  setText(cell.children[0], row.operation ?? "");
  setText(cell.children[1], row.file ?? "malformed request");
  if (cell.children[1].title !== row.file) cell.children[1].title = row.file ?? "";
}

function showProgress(cell, row) {
  if (!cell.firstElementChild) {
    const track = element(cell, "span", "track");
    track.setAttribute("aria-hidden", "true"); // the text beside it says the same
    element(track, "span", "fill");
    element(cell, "span", "per-cent");
    element(cell, "span", "done");
  }
  const [track, perCent, done] = cell.children;
  const known = row.size_bytes !== undefined;
  const part = known ? (row.size_bytes === 0 ? 1 : Math.min(1, row.bytes / row.size_bytes)) : 0;
  track.classList.toggle("unknown", !known);
  track.firstElementChild.style.width = (100 * part).toFixed(1) + "%";
  setText(perCent, known ? Math.floor(100 * part) + "\u00a0%" : "");
  setText(done, known ? bytesText(row.bytes) + " of " + bytesText(row.size_bytes) : bytesText(row.bytes));
}

function showRate(cell, row) {
  const stalled = row.bytes_per_second < FEW_BYTES && row.age_seconds > SLOW_START;
  cell.classList.toggle("stalled", stalled);
  const [number, unit] = bytesIn(row.bytes_per_second);
  setQuantity(cell, stalled ? ["stalled", ""] : [number, unit + "/s"]);
}

function showRule(cell, row) {
  const without = !row.rule || row.rule === NO_RULE;
  cell.classList.toggle("without", without);
  setText(cell, without ? "–" : row.rule);
}

const running = new LiveTable(place("running-table"), [
  {key: "peer", label: "Client", type: "address", sort: (a, b) => text(a.peer, b.peer), show: (cell, row) => setText(cell, row.peer)},
  {key: "file", label: "File", type: "name", sort: (a, b) => text(a.file, b.file), show: showFile},
  {key: "progress", label: "Progress", type: "progress", first: "desc",
    sort: (a, b) => a.bytes / (a.size_bytes || Infinity) - b.bytes / (b.size_bytes || Infinity) || a.bytes - b.bytes, show: showProgress},
  {key: "rate", label: "Rate", type: "quantity", first: "desc", sort: (a, b) => a.bytes_per_second - b.bytes_per_second, show: showRate},
  {key: "blksize", label: "Blocks", type: "blocks", first: "desc", sort: (a, b) => a.blksize * a.windowsize - b.blksize * b.windowsize,
    show: (cell, row) => setText(cell, row.blksize + "\u00a0×\u00a0" + row.windowsize)},
  {key: "resends", label: "Resent", type: "quantity", first: "desc", sort: (a, b) => a.resends - b.resends,
    show: (cell, row) => setText(cell, whole(row.resends))},
  {key: "rule", label: "Rule", type: "rule", sort: (a, b) => text(a.rule, b.rule), show: showRule},
  {key: "age", label: "Age", type: "quantity", first: "desc", sort: (a, b) => a.age_seconds - b.age_seconds,
    show: (cell, row) => setText(cell, ageText(row.age_seconds))}
], row => row.id, {sort: "age", order: "desc", select: place("running-sort"), onSort: () => showRunning(true)});

function showResult(cell, row) {
  if (!cell.firstElementChild) element(cell, "span", "badge");
  cell.firstElementChild.dataset.severity = row.severity;
  setText(cell.firstElementChild, RESULTS[row.result] ?? row.result);
}

function showWhat(cell, row) {
  showFile(cell, row);
  if (!row.reason || cell.children[2]) return; // an entry never changes
  const reason = element(cell, "p", "reason");
  element(reason, "span", "", row.reason);
  if (row.severity === 1 && row.file) {
    const button = element(reason, "button", "link", "Explain");
    button.type = "button";
    button.title = "How would this request be answered now?";
    button.addEventListener("click", () => explainRow(row));
  }
}

const ended = (cell, row, show) => row.bytes === undefined ? setText(cell, "") : show();

const recent = new LiveTable(place("recent-table"), [
  {key: "time", label: "Time (UTC)", type: "time", first: "desc", sort: (a, b) => a.number - b.number,
    show: (cell, row) => {
      setText(cell, timeText(row.time_ms));
      cell.title = dateText(row.time_ms);
    }},
  {key: "severity", label: "Result", type: "result", sort: (a, b) => a.severity - b.severity || b.number - a.number, show: showResult},
  {key: "client", label: "Client", type: "address", sort: (a, b) => text(a.peer, b.peer), show: (cell, row) => setText(cell, row.peer)},
  {key: "file", label: "File and reason", type: "name", sort: (a, b) => text(a.file ?? "", b.file ?? ""), show: showWhat},
  {key: "bytes", label: "Size", type: "quantity", first: "desc", sort: (a, b) => (a.bytes ?? -1) - (b.bytes ?? -1),
    show: (cell, row) => ended(cell, row, () => setQuantity(cell, bytesIn(row.bytes)))},
  {key: "seconds", label: "Duration", type: "quantity", first: "desc", sort: (a, b) => (a.seconds ?? -1) - (b.seconds ?? -1),
    show: (cell, row) => ended(cell, row, () => setText(cell, durationText(row.seconds)))},
  {key: "resends", label: "Resent", type: "quantity", first: "desc", sort: (a, b) => (a.resends ?? -1) - (b.resends ?? -1),
    show: (cell, row) => ended(cell, row, () => setText(cell, whole(row.resends)))},
  {key: "rule", label: "Rule", type: "rule", sort: (a, b) => text(a.rule, b.rule), show: showRule}
], row => row.number, {sort: "severity", order: "asc", select: place("recent-sort"), onSort: showRecent});

const topColumns = label => [
  {key: "name", label, type: "name", show: (cell, row) => {
    if (!cell.firstElementChild) element(cell, "bdi", "file");
    setText(cell.firstElementChild, row.name);
  }},
  {key: "bytes", label: "Bytes", type: "quantity share", show: (cell, row) => {
    const [number, unit] = bytesIn(row.bytes);
    setQuantity(cell, [(row.exact ? "" : "≥\u00a0") + number, unit]);
    cell.style.setProperty("--share", row.share.toFixed(3));
  }},
  {key: "transfers", label: "Transfers", type: "quantity", show: (cell, row) => setText(cell, whole(row.transfers))},
  {key: "problems", label: "Errors", type: "quantity", show: (cell, row) => {
    setText(cell, whole(row.problems));
    cell.classList.toggle("bad", row.problems > 0);
  }}
];
const top10 = {
  clients: new LiveTable(place("clients-table"), topColumns("Client"), row => row.name),
  files: new LiveTable(place("files-table"), topColumns("File"), row => row.name)
};

// --- what is shown --------------------------------------------------------------------------------------------------

const words = () => place("filter").value.toLowerCase().split(/\s+/).filter(Boolean);

function matches(row) {
  const all = [row.peer, row.operation, row.file, row.rule, row.result, row.reason].filter(Boolean).join(" ").toLowerCase();
  return words().every(word => all.includes(word));
}

const isUsual = () => words().length === 0 && running.sort === "age" && running.order === "desc"
  && state.shown.running <= state.snapshot.running.rows.length;

let asking = false;
let askAgain = false;

/** Shows the running transfers: those of the snapshot, or those the server selects if the snapshot has not all of them. */
async function showRunning(changed) {
  if (!state.snapshot) return;
  const {count, rows} = state.snapshot.running;
  if (count <= rows.length || isUsual()) {
    const matching = rows.filter(matches);
    showRunningRows(count, count <= rows.length ? matching.length : count, running.sorted(matching));
    return;
  }
  if (asking) {
    askAgain ||= changed;
    return;
  }
  asking = true;
  try {
    const query = new URLSearchParams({
      filter: place("filter").value, sort: running.sort, order: running.order, limit: state.shown.running
    });
    const found = await getJson("api/transfers?" + query);
    showRunningRows(found.count, found.matching, found.rows);
  } catch {
    // the state of the connection says so
  } finally {
    asking = false;
    if (askAgain) {
      askAgain = false;
      showRunning(false);
    }
  }
}

function showRunningRows(count, matching, rows) {
  const shown = rows.slice(0, state.shown.running);
  running.show(shown);
  const filtered = words().length > 0;
  setText(place("running-count"), filtered ? `${whole(matching)} of ${whole(count)}` : whole(count));
  const latest = Math.max(0, ...[...state.recent.values()].filter(row => row.bytes !== undefined).map(row => row.time_ms));
  showEmpty("running", shown.length === 0, filtered && count > 0 ? "No running transfer matches the filter."
    : latest ? `Nothing is being transferred. The last transfer ended ${ageText(Math.max(0, (serverNow() - latest) / 1000))} ago.`
    : "Nothing is being transferred.");
  showMore("running", shown.length, matching, LARGEST_QUERY);
}

function showRecent() {
  if (!state.snapshot) return;
  const all = [...state.recent.values()].filter(matches);
  const kind = document.querySelector("input[name=kind]:checked").value;
  for (const label of place("recent-kinds").querySelectorAll("label")) {
    const value = label.querySelector("input").value;
    setText(label.querySelector("b"), whole(value === "all" ? all.length : all.filter(row => String(row.severity) === value).length));
  }
  const selected = recent.sorted(all.filter(row => kind === "all" || String(row.severity) === kind).reverse());
  const shown = selected.slice(0, state.shown.recent);
  recent.show(shown);
  const {unlisted} = state.snapshot.recent;
  setText(place("recent-count"), (words().length ? `${whole(all.length)} of ${whole(state.recent.size)}` : "last 500 ended, last 500 refused")
    + (unlisted ? `; ${whole(unlisted)} of a flood not listed` : ""));
  showEmpty("recent", shown.length === 0, state.recent.size === 0 ? `No request has ended since the start at ${timeText(state.snapshot.started_ms)} UTC.`
    : words().length ? "Nothing here matches the filter." : "None of the last requests had this result.");
  showMore("recent", shown.length, selected.length, RECENT);
}

function showEmpty(list, isEmpty, reason) {
  place(list + "-empty").hidden = !isEmpty;
  place(list + "-table").hidden = isEmpty;
  if (isEmpty) setText(place(list + "-empty"), reason);
}

function showMore(list, shown, matching, most) {
  const button = place(list + "-more");
  const next = Math.min(MORE_ROWS, matching - shown, most - shown);
  button.hidden = next <= 0;
  setText(button, `Show ${whole(Math.max(next, 0))} more of ${whole(matching)}`);
}

function figure(name, value, note, level = "") {
  const box = document.querySelector(`[data-figure=${name}]`);
  const [number, unit] = Array.isArray(value) ? value : [value, ""];
  setQuantity(box.children[1], [number, unit]);
  setText(box.children[2], note);
  box.dataset.level = level;
}

const rateIn = rate => {
  const [number, unit] = bytesIn(rate);
  return [number, unit + "/s"];
};

function showFigures() {
  const {running: now, totals} = state.snapshot;
  const last = state.rates.at(-1);
  const over = Object.values(totals.ended).reduce((sum, count) => sum + count, 0);
  const lately = column => state.rates.some(sample => sample[column] > 0);
  const {failed = 0, complete = 0, evicted = 0} = totals.ended;
  const others = over - failed - complete - evicted;
  const {started_ms: started, time_ms: time} = state.snapshot;
  setText(place("since"), `Since the start at ${timeText(started)} UTC, ${ageText((time - started) / 1000)} ago`);
  figure("running", whole(now.count), [[now.count - now.writes, "read"], [now.writes, "write"]]
    .filter(([count]) => count).map(([count, operation]) => `${whole(count)} ${operation}`).join(", ") || "transfers");
  figure("sent", rateIn(last?.[2] ?? 0), `peak ${rateText(peak(state.rates, false))}`);
  figure("received", rateIn(last?.[3] ?? 0), `peak ${rateText(peak(state.rates, true))}`);
  figure("complete", whole(complete), others ? `and ${whole(others)} probes or partial` : "transfers");
  figure("failed", whole(failed), `${shareText(failed, over)} of transfers`, failed && lately(6) ? "bad" : "");
  figure("refused", whole(totals.refused), `${shareText(totals.refused, Math.max(totals.requests, totals.refused))} of requests`,
    totals.refused && lately(7) ? "warn" : "");
  figure("total-sent", bytesIn(totals.sent_bytes), `${whole(totals.resent)} resent`);
  figure("total-received", bytesIn(totals.received_bytes), "in uploads");
  const dropped = Object.entries(totals.drops);
  setText(place("about"), `${state.snapshot.version} · up ${ageText((state.snapshot.time_ms - state.snapshot.started_ms) / 1000)}`
    + ` · ${bytesText(totals.buffer_bytes)} of ${bytesText(totals.buffer_limit_bytes)} buffer memory`
    + (totals.cache_hits ? ` · ${shareText(totals.cache_hits, totals.cache_hits + totals.cache_misses)} of chunks from the cache` : "")
    + ` · ${whole(totals.unvalidated)} of at most ${plural(totals.unvalidated_limit, "unvalidated peer")}`
    + (dropped.length ? " · dropped: " + dropped.map(([reason, count]) => `${whole(count)} ${reason.replaceAll("_", " ")}`).join(", ") : ""));
}

function showTop() {
  for (const [name, table] of Object.entries(top10)) {
    const rows = state.snapshot.top[name];
    const most = Math.max(1, ...rows.map(row => row.bytes));
    table.show(rows.map(row => ({...row, share: row.bytes / most})));
    place(name + "-empty").hidden = rows.length > 0;
    place(name + "-table").hidden = rows.length === 0;
  }
}

let charts;
function show() {
  if (document.hidden) return;
  charts ??= new Charts(place("charts"));
  showFigures();
  charts.show(state.rates);
  showRunning(false);
  showRecent();
  showTop();
  document.title = `${state.snapshot.running.count} running · tftpd ${state.snapshot.addresses[0]}`;
  setText(place("addresses"), state.snapshot.addresses.join(" "));
  document.documentElement.dataset.shown = state.snapshot.sequence;
}

// --- configuration --------------------------------------------------------------------------------------------------

function showConfiguration(configuration) {
  state.configuration = configuration;
  const {file, loaded_ms: loaded, reloads, failure, warnings, rules} = configuration;
  setText(place("rules-count"), rules.length > 1 ? whole(rules.length - 1) : "none");
  document.documentElement.classList.toggle("no-rules", rules.length === 1);
  const note = place("loaded");
  note.replaceChildren();
  if (file) {
    element(note, "code", "", file);
    note.append(`, ${reloads ? "reloaded" : "read"} ${dateText(loaded)}`);
  } else {
    note.textContent = "No configuration file: the flags of the command line apply to all requests.";
  }
  const problem = place("reload-failure");
  problem.hidden = !failure;
  problem.replaceChildren();
  if (failure) {
    element(problem, "p", "", `The last reload failed at ${dateText(failure.time_ms)}. The rules below stay in force.`);
    const list = element(problem, "ul");
    failure.problems.forEach(each => element(list, "li", "", each));
  }
  place("warnings").hidden = warnings.length === 0;
  place("warnings").replaceChildren(...warnings.map(each => element(null, "li", "", each)));
  place("rules").replaceChildren(...rules.map(rule => {
    const item = element(null, "li");
    item.classList.toggle("denies", rule.denies);
    element(item, "h3", "", rule.name);
    if (rule.condition) element(item, "p", "condition", rule.condition);
    element(item, "p", "effect", rule.effect);
    return item;
  }));
}

async function explain() {
  const form = place("explain");
  const answer = place("answer");
  answer.setAttribute("aria-busy", "true");
  try {
    const explained = await getJson("api/explain?" + new URLSearchParams(new FormData(form)));
    answer.replaceChildren();
    answer.dataset.granted = explained.granted;
    const lines = explained.lines.slice(0, -1);
    const verdict = element(answer, "p", "verdict");
    element(verdict, "b", "", explained.granted ? "Granted" : "Refused");
    if (!explained.granted) verdict.append(" " + explained.lines.at(-1).replace(/^refused: /, ""));
    const list = element(answer, "dl");
    for (const line of lines) {
      const colon = line.indexOf(": ");
      element(list, "dt", "", colon < 0 ? "rule" : line.slice(0, colon));
      element(list, "dd", "", colon < 0 ? line : line.slice(colon + 2));
    }
  } catch (failure) {
    answer.replaceChildren();
    answer.dataset.granted = "unknown";
    element(answer, "p", "verdict", failure.message);
  } finally {
    answer.removeAttribute("aria-busy");
  }
}

function explainRow(row) {
  const form = place("explain").elements;
  form.client.value = row.client;
  form.operation.value = row.operation;
  form.file.value = row.file;
  form.options.value = "";
  place("configuration").scrollIntoView();
  explain().then(() => place("answer").focus());
}

// --- connection -----------------------------------------------------------------------------------------------------

const serverNow = () => Date.now() + state.clockOffset;

function add(rows) {
  rows.forEach(row => state.recent.set(row.number, row));
  if (state.recent.size > RECENT) {
    const bySeverity = [...state.recent.values()].sort((a, b) => b.number - a.number);
    const kept = kind => bySeverity.filter(row => (row.severity === 1) === kind).slice(0, RECENT / 2);
    state.recent = new Map([...kept(true), ...kept(false)].sort((a, b) => a.number - b.number).map(row => [row.number, row]));
  }
}

/** Fills what this page has missed: all at the start and after a restart of the server. */
async function catchUp(snapshot) {
  const last = Math.max(0, ...state.recent.keys());
  const oldest = Math.min(...snapshot.recent.rows.map(row => row.number));
  const tasks = [];
  if (snapshot.recent.last > last && oldest > last + 1) {
    tasks.push(getJson(`api/transfers?list=recent&limit=${RECENT}&after=${last}`).then(found => add(found.rows.reverse())));
  }
  const known = state.rates.at(-1)?.[0] ?? 0;
  if (snapshot.rates.length && snapshot.rates[0][0] > known + 1) {
    tasks.push(getJson("api/rates").then(found => {
      state.rates = found.rates;
    }));
  }
  if (state.configuration?.version !== snapshot.configuration) {
    tasks.push(getJson("api/configuration").then(showConfiguration));
  }
  await Promise.all(tasks);
  add(snapshot.recent.rows.filter(row => !state.recent.has(row.number)).reverse());
  const newest = state.rates.at(-1)?.[0] ?? 0;
  state.rates = [...state.rates, ...snapshot.rates.filter(sample => sample[0] > newest)].slice(-SAMPLES);
}

async function receive(snapshot) {
  if (state.snapshot && state.snapshot.instance !== snapshot.instance) {
    if (state.snapshot.version !== snapshot.version) location.reload(); // another version has another page
    Object.assign(state, {recent: new Map(), rates: [], configuration: null});
  }
  state.lastEvent = performance.now();
  state.clockOffset = snapshot.time_ms - Date.now();
  if (state.paused) return;
  state.snapshot = snapshot;
  try {
    await catchUp(snapshot);
  } catch {
    return; // the next event tries again
  }
  showConnection();
  show();
}

const connection = {source: null, since: 0, pause: 1000, problem: ""};

function connect() {
  connection.source?.close();
  connection.since = performance.now();
  connection.source = new EventSource("events");
  let work = Promise.resolve();
  connection.source.onmessage = event => {
    connection.pause = 1000;
    connection.problem = "";
    work = work.then(() => receive(JSON.parse(event.data)));
  };
  connection.source.onerror = () => {
    if (connection.source.readyState === EventSource.CLOSED) findProblem();
  };
}

/** Asks why the server does not send events: the browser does not say. */
async function findProblem() {
  try {
    const reply = await fetch("events", {method: "HEAD"});
    connection.problem = reply.ok ? "" : (await reply.text()).trim()
      || {401: "token required: reload the page", 503: "too many viewers"}[reply.status] || "status " + reply.status;
  } catch {
    connection.problem = "";
  }
}

function showConnection() {
  const silent = performance.now() - state.lastEvent;
  const stale = Boolean(state.snapshot) && silent > STALE_AFTER;
  const pill = place("status");
  const connected = state.snapshot && !stale;
  const {state: server} = state.snapshot ?? {};
  pill.dataset.state = state.paused ? "paused" : stale ? "stale" : !connected ? "connecting" : server;
  setText(place("status-text"), state.paused ? "Paused" : stale ? "Stale" : !connected ? "Connecting"
    : {serving: "Live", draining: "Draining", blocked: "Storage blocked"}[server]);
  document.documentElement.classList.toggle("stale", stale && !state.paused);
  const notice = place("notice");
  notice.hidden = !(stale || !state.snapshot && connection.problem) || state.paused;
  if (!notice.hidden) {
    const failure = connection.problem ? `tftpd sends no numbers: ${connection.problem}` : "No connection to tftpd";
    setText(notice, state.snapshot
      ? `${failure} since ${timeText(state.snapshot.time_ms)} UTC. The numbers below are of that time. Connecting again …`
      : `${failure}. Connecting again …`);
  }
}

setInterval(() => {
  showConnection();
  const now = performance.now();
  const closed = connection.source.readyState === EventSource.CLOSED && now - connection.since > connection.pause;
  const dead = now - Math.max(state.lastEvent, connection.since) > CONNECT_AGAIN_AFTER;
  if (closed || dead) {
    connection.pause = Math.min(2 * connection.pause, LONGEST_PAUSE);
    connect();
  }
}, 500);

// --- controls -------------------------------------------------------------------------------------------------------

place("filter").addEventListener("input", () => {
  state.shown = {running: FIRST_ROWS, recent: FIRST_ROWS};
  showRunning(true);
  showRecent();
});
place("recent-kinds").addEventListener("change", showRecent);
for (const [list, redraw] of [["running", () => showRunning(true)], ["recent", showRecent]]) {
  place(list + "-more").addEventListener("click", () => {
    state.shown[list] += MORE_ROWS;
    redraw();
  });
}
place("pause").addEventListener("click", () => {
  state.paused = !state.paused;
  place("pause").setAttribute("aria-pressed", state.paused);
  setText(place("pause"), state.paused ? "Continue" : "Pause");
  showConnection();
});
place("explain").addEventListener("submit", event => {
  event.preventDefault();
  explain();
});
document.addEventListener("keydown", event => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    place("filter").focus();
  }
});
// a page that the browser keeps for its back button must not count as a viewer
addEventListener("pagehide", () => connection.source.close());
addEventListener("pageshow", event => {
  if (event.persisted) connect();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && state.snapshot) show();
});
connect();
