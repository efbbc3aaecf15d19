'use strict';
// The live page of a run: takes the status from /api/events (fields as in monitor.proto) and draws it.

const find = id => document.getElementById(id);
const SILENCE_MS = 40_000;  // the stream is opened anew after this long without an event; a quiet run sends one every 15 s
const RETRY_MS = 2_000;

// ---- numbers ----

/** A number of the JSON; what is none arrives as a string ("NaN", "Infinity"). */
const number = value => typeof value === 'number' ? value : Number(value ?? NaN);

const whole = value => Math.round(number(value)).toLocaleString('en-US');

/** So many significant digits, that a loss of 0.0012 is not shown as 0.00. */
function precise(value, digits = 4) {
  const n = number(value);
  if (!Number.isFinite(n)) return Number.isNaN(n) ? 'not a number' : 'infinite';
  if (n !== 0 && Math.abs(n) < 1e-3) return n.toExponential(digits - 2);
  return n.toPrecision(digits);
}

/** As `precise`, without the zeros at the end: for what is set, not measured. */
const short = value => Number.isFinite(number(value)) ? String(Number(number(value).toPrecision(4))) : precise(value);

function duration(seconds) {
  const s = Math.round(number(seconds));
  if (!(s >= 0)) return 'not known yet';
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${String(Math.floor(s % 3600 / 60)).padStart(2, '0')} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
}

function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let n = number(count), unit = 0;
  for (; n >= 1024 && unit < units.length - 1; unit++) n /= 1024;
  return `${n >= 100 || unit === 0 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

const time = seconds => number(seconds) < 1 ? `${Math.round(number(seconds) * 1000)} ms` : `${number(seconds).toFixed(2)} s`;

/** A state's name as words: stopped_early is "stopped early". */
const words = name => name.replaceAll('_', ' ');

// ---- small helpers for the document ----

/** Sets text only when it changes: a live region would be read out again otherwise. */
function say(id, text) {
  const element = find(id);
  if (element.textContent !== text) element.textContent = text;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// ---- the parts of the page ----

function showProgress(s) {
  say('run', s.run_folder);
  say('state', words(s.state));
  find('state').className = `badge ${s.tone}`;
  say('message', s.message);
  const share = s.total_steps > 0 ? Math.min(1, s.step / s.total_steps) : 0;
  find('progress').value = share;
  // Never 100 % before the last step.
  const percent = Math.floor(share * 1000) / 10;
  say('steps', `Step ${whole(s.step)} of ${whole(s.total_steps)} (${percent.toFixed(1)} %)`);
  say('loss', s.step > 0 ? precise(s.loss) : '–');
  say('rate', number(s.tokens_per_second) > 0 ? whole(s.tokens_per_second) : '–');
  say('epoch', `${s.epoch} of ${s.max_epochs}`);
  say('remaining', s.over ? 'none' : duration(s.remaining_seconds));
  document.title = `${percent.toFixed(0)} % ${words(s.state)} – DistSeq2Seq`;
}

const phases = worker => [['compute', worker.compute_seconds], ['exchange', worker.exchange_seconds], ['wait', worker.wait_seconds]]
  .map(([name, seconds]) => [name, Math.max(0, number(seconds)) || 0]);

const stepTime = worker => phases(worker).reduce((sum, [, seconds]) => sum + seconds, 0);

/** A row; `longest` is the step time of the slowest worker, whose bar is full, so that bars compare. */
function workerRow(worker, longest) {
  const parts = phases(worker);
  const bar = make('div', { class: 'bar', 'aria-hidden': 'true' });
  for (const [name, seconds] of parts) {
    const part = make('span', { class: name });
    part.style.width = `${longest > 0 ? 100 * seconds / longest : 0}%`;
    bar.append(part);
  }
  const cell = (label, ...content) => make('td', { role: 'cell', 'data-label': label }, ...content);
  const step = cell('Step', whole(worker.step));
  step.className = 'number';
  const batches = worker.end_micro_batch - worker.first_micro_batch;
  return make('tr', { role: 'row' },
    make('th', { role: 'rowheader', scope: 'row', 'data-label': 'Rank' }, worker.rank < 0 ? '–' : String(worker.rank)),
    cell('Host and process', `${worker.host || worker.address} · ${worker.process_id}`,
      make('span', { class: 'quiet' }, make('span', {}, bytes(worker.resident_bytes)), ', ', make('span', {}, `${whole(worker.live_tensors)} tensors`))),
    cell('State', make('span', { class: worker.tone }, words(worker.state))),
    step,
    cell('Micro-batches', batches > 0 ? `${worker.first_micro_batch}–${worker.end_micro_batch - 1} (${batches})` : 'none'),
    cell('Time of the last step', bar,
      make('div', { class: 'times' }, ...parts.flatMap(([name, seconds], i) => [i > 0 ? ', ' : '', make('span', {}, `${name} ${time(seconds)}`)]))));
}

function showWorkers(s) {
  const workers = [...s.workers].sort((a, b) => (a.rank < 0) - (b.rank < 0) || a.rank - b.rank);
  find('no-workers').hidden = workers.length > 0;
  find('workers').closest('table').hidden = workers.length === 0;
  const training = workers.filter(w => w.rank >= 0).length;
  say('worker-count', workers.length === 0 ? '' : `${training} of ${workers.length} in the exchange`);
  const longest = Math.max(0, ...workers.map(stepTime));
  find('workers').replaceChildren(...workers.map(worker => workerRow(worker, longest)));
}

function showDetails(s) {
  const last = s.validations.at(-1);
  const entries = [
    ['Last checkpoint', s.last_checkpoint_step > 0 ? `step ${whole(s.last_checkpoint_step)}` : 'none yet'],
    ['Last validation', last ? `${precise(last.loss)} at step ${whole(last.step)}` : 'none yet'],
    ['Time so far', duration(s.elapsed_seconds)],
    ['Target tokens so far', whole(s.tokens)],
    ['Learning rate', short(s.learning_rate)],
    ['Gradient norm', precise(s.gradient_norm, 3)],
    ['Parameters', whole(s.parameters)],
    ['Exchange', `${s.topology || 'not known yet'}, generation ${whole(s.generation)}`],
    ['Workers lost', whole(s.workers_lost)],
    ['Skipped steps', whole(s.skipped_steps)],
    ['Stale messages refused', whole(s.stale_messages)],
    ['Replica digest', s.replica_digest || 'none yet', 'whole'],
    ['Run', s.run_id || 'not known yet', 'whole'],
  ];
  find('details').replaceChildren(...entries.map(([name, value, kind]) =>
    make('div', kind ? { class: kind } : {}, make('dt', {}, name), make('dd', {}, value))));
}

// ---- the loss curve ----

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = { left: 44, right: 12, top: 10, bottom: 24 };

function shape(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A round distance that divides low to high into about `count` parts. */
function gapOf(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find(f => f * power >= rough) ?? 10);
}

/** Multiples of the gap from low to high. */
function ticks(low, high, gap) {
  const result = [];
  for (let i = Math.ceil(low / gap - 1e-9); i * gap <= high + gap * 1e-9; i++) result.push(Number((i * gap).toPrecision(12)));
  return result;
}

/** A centred mean over about a twentieth of the points: the trend under the noise of single batches. */
function smooth(points) {
  const half = Math.floor(points.length / 40);
  return points.map((point, i) => {
    const near = points.slice(Math.max(0, i - half), i + half + 1);
    return { step: point.step, loss: near.reduce((sum, p) => sum + p.loss, 0) / near.length };
  });
}

let drawn = null; // what the pointer reads from

function drawCurve(s) {
  const finite = list => list.map(p => ({ step: number(p.step), loss: number(p.loss) })).filter(p => Number.isFinite(p.loss));
  const losses = finite(s.losses), validations = finite(s.validations);
  const all = [...losses, ...validations];
  const svg = find('curve');
  find('validation-key').hidden = validations.length === 0;
  drawn = null;
  if (all.length < 2) {
    svg.replaceChildren(shape('text', { x: 0, y: 20 }, 'The curve begins after a few steps.'));
    return;
  }

  const width = svg.clientWidth || 600, height = svg.clientHeight || 256;
  const right = Math.max(...all.map(p => p.step), 2);
  let low = Math.min(...all.map(p => p.loss)), high = Math.max(...all.map(p => p.loss));
  if (high - low < 1e-9) { low -= 0.5; high += 0.5; }
  if (low > 0 && low < (high - low) / 2) low = 0;
  const gap = gapOf(low, high, height / 50), stepGap = Math.max(1, gapOf(0, right, width / 110));
  low = Math.floor(low / gap + 1e-9) * gap;
  high = Math.ceil(high / gap - 1e-9) * gap;
  const x = step => MARGIN.left + (width - MARGIN.left - MARGIN.right) * step / right;
  const y = loss => MARGIN.top + (height - MARGIN.top - MARGIN.bottom) * (high - loss) / (high - low);
  const path = points => points.map(p => `${x(p.step).toFixed(1)},${y(p.loss).toFixed(1)}`).join(' ');

  const parts = [];
  for (const value of ticks(low, high, gap)) {
    parts.push(shape('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }));
    parts.push(shape('text', { x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, String(value)));
  }
  for (const value of ticks(0, right, stepGap))
    parts.push(shape('text', { x: x(value), y: height - 6, 'text-anchor': x(value) > width - 24 ? 'end' : 'middle' }, value.toLocaleString('en-US')));
  parts.push(shape('polyline', { class: 'raw', points: path(losses) }));
  parts.push(shape('polyline', { class: 'training', points: path(smooth(losses)) }));
  if (validations.length > 1) parts.push(shape('polyline', { class: 'validation', points: path(validations) }));
  for (const point of validations) parts.push(shape('circle', { cx: x(point.step), cy: y(point.loss), r: 4.5 }));
  const pointer = shape('line', { class: 'pointer', y1: MARGIN.top, y2: height - MARGIN.bottom, visibility: 'hidden' });
  svg.replaceChildren(...parts, pointer);
  drawn = { losses, validations, x, pointer };

  const first = losses[0], last = losses.at(-1), checked = validations.at(-1);
  svg.setAttribute('aria-label', (last ? `Training loss ${precise(first.loss)} at step ${first.step}, ${precise(last.loss)} at step ${last.step}. ` : '')
    + (checked ? `Last validation loss ${precise(checked.loss)} at step ${checked.step}.` : ''));
}

function readCurve(event) {
  if (!drawn || drawn.losses.length === 0) return;
  const at = event.clientX - find('curve').getBoundingClientRect().left;
  const nearest = list => list.reduce((best, p) => Math.abs(drawn.x(p.step) - at) < Math.abs(drawn.x(best.step) - at) ? p : best);
  const point = nearest(drawn.losses);
  const checked = drawn.validations.length > 0 ? nearest(drawn.validations) : null;
  const near = checked && Math.abs(drawn.x(checked.step) - at) < 12;
  drawn.pointer.setAttribute('x1', drawn.x(point.step));
  drawn.pointer.setAttribute('x2', drawn.x(point.step));
  drawn.pointer.setAttribute('visibility', 'visible');
  say('reading', `step ${whole(point.step)}: ${precise(point.loss)}` + (near ? `, validation ${precise(checked.loss)}` : ''));
}

// ---- the connection ----

let status = null, source = null, silence = 0;

function show(next) {
  status = next;
  showProgress(status);
  drawCurve(status);
  showWorkers(status);
  showDetails(status);
}

function connection(kind, text) {
  find('connection').className = kind;
  say('connection', text);
  document.querySelector('main').classList.toggle('old', kind === 'disconnected' && !status?.over);
}

function lost() {
  connection('disconnected', status === null ? 'disconnected, trying again'
    : status.over ? `the coordinator has ended; the run is ${words(status.state)}`
      : `disconnected, trying again; figures of ${new Date(lastEvent).toLocaleTimeString()}`);
}

let lastEvent = 0;

function open() {
  clearTimeout(silence);
  source?.close();
  source = new EventSource('api/events');
  const heard = () => {
    lastEvent = Date.now();
    clearTimeout(silence);
    silence = setTimeout(open, SILENCE_MS);
    connection('connected', 'connected');
  };
  source.addEventListener('alive', heard);
  source.addEventListener('status', event => {
    heard();
    show(JSON.parse(event.data));
  });
  source.addEventListener('error', () => {
    lost();
    // After an answer that is no stream, a browser does not try again by itself, and some do not after a refused connection.
    clearTimeout(silence);
    if (source.readyState === EventSource.CLOSED) silence = setTimeout(open, RETRY_MS);
    else silence = setTimeout(open, 5 * RETRY_MS);
  });
}

find('curve').addEventListener('pointermove', readCurve);
find('curve').addEventListener('pointerleave', () => {
  drawn?.pointer.setAttribute('visibility', 'hidden');
  say('reading', '');
});
new ResizeObserver(() => { if (status) drawCurve(status); }).observe(find('curve'));
open();
