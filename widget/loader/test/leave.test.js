// The order of the exit, and that no step which fails holds up the next (requirements 2, 3, 5 and 14).

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { leave } from '../leave.js';

let done, broken;

const step = name => () => {
  done.push(name);
  if (broken.includes(name)) throw Error(name);
};

beforeEach(() => {
  done = [];
  broken = [];
  const node = kind => ({ kind, setAttribute() {}, append: child => done.push('shows ' + child.kind) });
  globalThis.document = {
    open: step('covers'),
    close() {},
    createElement: node,
    head: node('head'),
    body: node('body'),
    documentElement: node('html'),
  };
  globalThis.location = { replace: address => done.push('goes to ' + address) };
});

const exit = () =>
  leave('https://weather.example/', 'Loading', [step('forgets'), step('wipes')], step('tells the relay'));

test('forget, wipe, cover, tell the relay, leave; nothing is awaited', () => {
  const answer = exit();
  assert.equal(answer, undefined);
  assert.deepEqual(done, [
    'forgets',
    'wipes',
    'covers',
    'shows meta',
    'shows p',
    'tells the relay',
    'goes to https://weather.example/',
  ]);
});

test('every step may fail and she leaves all the same', () => {
  broken = ['forgets', 'wipes', 'covers', 'tells the relay'];
  exit();
  assert.deepEqual(
    done.filter(name => !name.startsWith('shows')),
    ['forgets', 'wipes', 'covers', 'tells the relay', 'goes to https://weather.example/']
  );
});

test('a page that cannot be written anew is emptied', () => {
  broken = ['covers'];
  document.documentElement.textContent = 'what was said';
  exit();
  assert.equal(document.documentElement.textContent, '');
});
