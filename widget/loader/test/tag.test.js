// What a webmaster can write into the tag, and what comes of nonsense.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chooseLocale, NEUTRAL_ADDRESS, readTag } from '../tag.js';

const SITE = 'AAAAAAAAAAAAAAAA';
const KEY = 'k'.repeat(43);

const read = (dataset, src = 'https://relay.example/embed.js', nonce = '') =>
  readTag({ src, nonce, dataset: { site: SITE, ...dataset } }, ['en']);

test('the plain tag is enough', () => {
  const tag = read({});
  assert.equal(!tag.faulty, true);
  assert.deepEqual(tag.start, {
    relay: 'https://relay.example',
    site: SITE,
    orgKey: null,
    rosterMin: 0,
    phone: null,
    emergency: null,
  });
  assert.equal(tag.files, 'https://relay.example/v/source/');
  assert.equal(tag.exitUrl, NEUTRAL_ADDRESS);
  assert.equal(tag.resume, true);
});

test('a pinned tag, a relay below a path, and files hosted elsewhere find the same relay', () => {
  assert.equal(read({}, 'https://relay.example/v/0.1.0-1a2b3c4d/embed.js').start.relay, 'https://relay.example');
  assert.equal(read({}, 'https://ngo.example/talk/embed.js?x#y').start.relay, 'https://ngo.example/talk');
  const elsewhere = read({ relay: 'https://relay.example/' }, 'https://ngo.example/plugin/embed.js');
  assert.equal(elsewhere.start.relay, 'https://relay.example');
  assert.equal(elsewhere.files, 'https://ngo.example/plugin/');
});

test('nonsense in what guards the visitor makes the tag faulty', () => {
  for (const wrong of [
    { site: '' },
    { site: 'short' },
    { site: SITE + 'x' },
    { site: '<script>alert(1)' },
    { orgKey: 'not a key' },
    { orgKey: KEY + 'x' },
    { rosterMin: 'seven' },
    { rosterMin: '-1' },
    { relay: 'javascript:alert(1)' },
    { relay: 'relay' },
  ]) {
    assert.ok(read(wrong).faulty, JSON.stringify(wrong));
  }
  assert.ok(!read({ orgKey: KEY, rosterMin: '7' }).faulty);
});

test('nonsense elsewhere falls back to the default', () => {
  const tag = read({ exitUrl: 'javascript:alert(1)', position: 'sideways', locale: 'xx', phone: 'call us', title: ' ' });
  assert.equal(tag.exitUrl, NEUTRAL_ADDRESS);
  assert.equal(tag.atStart, false);
  assert.equal(tag.locale, 'en');
  assert.equal(tag.start.phone, null);
  assert.ok(!tag.title);
  assert.ok(!tag.faulty);
});

test('a nonce is taken over only where it could not break out of an attribute', () => {
  assert.equal(read({}, undefined, 'abc+/=').nonce, 'abc+/=');
  assert.equal(read({}, undefined, '"><script>').nonce, null);
});

test('the language is the tag’s, else the page’s, else the browser’s, else English', () => {
  assert.equal(chooseLocale(['ar']), 'ar');
  assert.equal(chooseLocale(['auto', 'ar-MA', 'en']), 'ar');
  assert.equal(chooseLocale(['auto', '', 'de', 'AR']), 'ar');
  assert.equal(chooseLocale(['auto', '', 'de']), 'en');
});
