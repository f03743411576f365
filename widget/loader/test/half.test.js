// When a conversation goes on after a page change, and when its half is gone for good.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { randomText } from '../base64.js';
import { isOwnStep, store, take } from '../half.js';

const HERE = 'https://ngo.example';

const view = (type, { from, referrer = '' } = {}) => ({
  performance: { getEntriesByType: () => [{ type }] },
  navigation: from === undefined ? undefined : { activation: { from: from && { url: from } } },
  document: { referrer },
  location: { origin: HERE },
});

beforeEach(() => {
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: name => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: name => kept.delete(name),
    get length() {
      return kept.size;
    },
  };
});

test('a reload and a step within the site go on', () => {
  assert.ok(isOwnStep(view('reload')));
  assert.ok(isOwnStep(view('navigate', { referrer: HERE + '/help' })));
  assert.ok(isOwnStep(view('navigate', { from: HERE + '/help' })));
});

test('a typed address, another site, Back and a reopened tab do not', () => {
  assert.ok(!isOwnStep(view('navigate')));
  assert.ok(!isOwnStep(view('navigate', { from: null })));
  assert.ok(!isOwnStep(view('navigate', { referrer: 'https://search.example/' })));
  assert.ok(!isOwnStep(view('back_forward', { referrer: HERE })));
  assert.ok(!isOwnStep(view('prerender', { referrer: HERE })));
});

test('the half is given back once and removed from the store first', () => {
  const half = randomText();
  store(half);
  assert.equal(sessionStorage.length, 1);
  assert.equal(take(view('reload')), half);
  assert.equal(sessionStorage.length, 0);
  assert.equal(take(view('reload')), null);
});

test('where it may not go on, the half is deleted all the same', () => {
  store(randomText());
  assert.equal(take(view('back_forward')), null);
  assert.equal(sessionStorage.length, 0);
});

test('what is not a half is never handed on', () => {
  store('<img src=x>');
  assert.equal(take(view('reload')), null);
});

test('a browser without storage simply does not resume', () => {
  delete globalThis.sessionStorage;
  assert.equal(take(view('reload')), null);
  assert.doesNotThrow(() => store(randomText()));
});

test('the page learns whether its half lies there, so that it can end what cannot go on', () => {
  assert.equal(store(randomText()), true);
  globalThis.sessionStorage = undefined;
  assert.ok(!store(randomText()));
});

test('halves are thirty-two bytes in canonical base64url and differ', () => {
  const half = randomText();
  assert.match(half, /^[\w-]{43}$/);
  assert.equal(Buffer.from(half, 'base64url').length, 32);
  assert.equal(Buffer.from(half, 'base64url').toString('base64url'), half);
  assert.notEqual(half, randomText());
});
