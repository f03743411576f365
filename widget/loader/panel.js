// What the loader draws: the exit, the launcher, and the panel around the frame. Drawn without network. The exit is a
// real link that a script makes faster; it lies in the host document, above the frame.

import { act, element } from './dom.js';
import { mount } from './layer.js';
import { explain } from './note.js';
import { direction, words } from './words.js';

let tag, on, say, fault;
let more = [];
let root, exits, panel, note, frame, bar, launcher, label, free, dot, said;

export const isOpen = () => !panel.hidden;
/** The neutral word that covers a page which is left. */
export const loading = () => say.loading;

// A phone's keyboard shrinks only the visual viewport; exit and panel follow it, so that they stay in sight.
function fit() {
  const { offsetTop: top, offsetLeft: left, width, height } = window.visualViewport || {};
  if (!height) return;
  const sizes = { top, left, width, height, under: innerHeight - top - height };
  for (const size in sizes) root.style.setProperty('--' + size, Math.max(0, sizes[size]) + 'px');
  on.fit(height);
}

// What a screen reader calls it.
const name = (node, text) => node.setAttribute('aria-label', text);

const fillNote = () => explain(note, say, tag, fault, more, on.close);

/** Says everything in this language. */
export function speak(locale) {
  say = words(locale);
  root.dir = direction(locale);
  root.lang = locale;
  const title = (label.textContent = tag.title || say.title);
  for (const exit of exits) {
    exit.textContent = '✕ ' + say.exit;
    exit.href = tag.exitUrl(locale);
  }
  name(dot, say.unread);
  name(panel, title);
  name(bar, title);
  fillNote();
}

/** Opens or closes the panel; focus follows the visitor's own press. */
export function show(open, focus) {
  panel.hidden = !open;
  bar.hidden = open;
  fit();
  if (focus) (open ? frame || panel : launcher).focus();
}

/** Says on the launcher, in these words, that somebody is free. */
export const showFree = words => (free.textContent = words);
export const showUnread = any => (dot.hidden = !any);
export const showLauncher = visible => (bar.hidden = !visible || isOpen());
/** How often Shift was pressed; none when time has run out. */
export const showCount = n => (said.textContent = say.pressed.replace('{n}', n));
/** Nothing of it is seen, as when the page is being left. */
export const hide = hidden => (root.hidden = hidden);

/** More lines for the note. */
export function offer(lines) {
  more = lines;
  fillNote();
}

/** Takes the frame in, in place of any other; unseen until it is shown. */
export function place(next) {
  wipe();
  frame = next;
  panel.append(frame);
}

export function reveal() {
  frame.hidden = false;
  note.hidden = true;
  // Only where the visitor is in here already: a page that just loaded keeps its own focus.
  if (root.getRootNode().activeElement) frame.focus();
}

/** Removes the frame, with all that is in it; in its place stand the numbers, with the code of a fault. */
export function wipe(code) {
  if (frame) frame.remove();
  frame = null;
  fault = code;
  note.hidden = false;
  fillNote();
}

/** Draws everything, closed and silent; `controls` holds what they do. */
export function draw(read, controls) {
  tag = read;
  on = controls;
  exits = ['exit', 'page-exit'].map(called =>
    act(element('a', called, { class: 'exit', rel: 'noreferrer' }), on.exit)
  );
  note = element('div', 'fallback');
  panel = element('div', 'panel', { role: 'dialog', tabindex: -1, hidden: '' }, exits[0], note);
  label = element('span', 'label');
  free = element('span', 'free');
  dot = element('span', 'unread', { role: 'img', hidden: '' }, '●');
  launcher = act(element('button', 'launcher', {}, label, free, dot), on.open);
  bar = element('div', 'bar', { role: 'region' }, launcher);
  said = element('p', 'said', { role: 'status' });
  root = element('div', tag.atStart ? 'r start' : 'r', {}, tag.exitOnPage ? exits[1] : '', panel, bar, said);
  speak(tag.locale);
  mount(root, tag.nonce, on.lost);
  const view = window.visualViewport;
  if (view) view.onresize = view.onscroll = fit;
}
