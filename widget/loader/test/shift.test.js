// Shift three times: what counts, what resets, what is announced (requirements 1, 6 and 7).

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { keyDown, keyUp, press, reset } from '../shift.js';

let left, told, now, waiting;

// One timer is all there is.
globalThis.setTimeout = (act, millis) => (waiting = { act, at: now + millis });
globalThis.clearTimeout = timer => timer === waiting && (waiting = null);

function pass(millis) {
  now += millis;
  if (!waiting || waiting.at > now) return;
  const { act } = waiting;
  waiting = null;
  act();
}

const leave = () => left++;
const tell = count => told.push(count);

const key = (name, more = {}) => ({ key: name, altKey: false, ctrlKey: false, metaKey: false, repeat: false, ...more });
const letGo = name => keyUp(key(name)) && press(leave, tell);

function taps(times) {
  for (let time = 0; time < times; time++) {
    keyDown(key('Shift'));
    letGo('Shift');
  }
}

beforeEach(() => {
  [now, waiting] = [0, null];
  reset();
  left = 0;
  told = [];
});

test('the third press leaves, and each before it is told', () => {
  taps(2);
  assert.deepEqual([left, told], [0, [1, 2]]);
  taps(1);
  assert.deepEqual([left, told], [1, [1, 2]]);
});

test('a capital letter never counts', () => {
  for (let letter = 0; letter < 5; letter++) {
    keyDown(key('Shift'));
    keyDown(key('A'));
    letGo('A');
    letGo('Shift');
  }
  assert.deepEqual([left, told], [0, []]);
});

test('Shift with Alt, Ctrl or Meta never counts, in whichever order they are pressed', () => {
  for (const other of ['Alt', 'Control', 'Meta']) {
    const held = { altKey: other === 'Alt', ctrlKey: other === 'Control', metaKey: other === 'Meta' };
    for (let time = 0; time < 3; time++) {
      keyDown(key(other, held));
      keyDown(key('Shift', held));
      letGo('Shift');
      letGo(other);
      keyDown(key('Shift'));
      keyDown(key(other, held));
      letGo('Shift');
      letGo(other);
    }
  }
  assert.deepEqual([left, told], [0, []]);
});

test('any other key in between starts again', () => {
  taps(2);
  keyDown(key('b'));
  letGo('b');
  taps(2);
  assert.equal(left, 0);
  assert.deepEqual(told, [1, 2, 1, 2]);
});

test('the count is over five seconds after the last press, and that is told', () => {
  taps(1);
  pass(4999);
  taps(1);
  pass(4999);
  assert.deepEqual(told, [1, 2]);
  pass(1);
  assert.deepEqual(told, [1, 2, 0]);
  taps(2);
  assert.deepEqual([left, told], [0, [1, 2, 0, 1, 2]]);
});

test('holding Shift is one press', () => {
  keyDown(key('Shift'));
  for (let again = 0; again < 9; again++) keyDown(key('Shift', { repeat: true }));
  letGo('Shift');
  assert.deepEqual(told, [1]);
});

test('presses in the frame and in the page are one count, and a key in either starts it again', () => {
  press(leave, tell);
  taps(1);
  press(leave, tell);
  assert.equal(left, 1);
  taps(2);
  reset();
  press(leave, tell);
  assert.equal(left, 1);
});

test('Esc is not an exit (requirement 12)', () => {
  for (let time = 0; time < 9; time++) {
    keyDown(key('Escape'));
    letGo('Escape');
  }
  assert.deepEqual([left, told], [0, []]);
});
