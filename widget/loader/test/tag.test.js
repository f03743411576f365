// What a webmaster can write into the tag, and what comes of nonsense.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import './built.js';

const { readStart } = await import('../start.js');
const { chooseLocale, NEUTRAL_ADDRESS, readTag } = await import('../tag.js');

const SITE = 'AAAAAAAAAAAAAAAA';
const KEY = 'k'.repeat(43);

/** A script element with these `data-…` attributes, as a browser gives it. */
const script = (data, src = 'https://relay.example/embed.js', more = {}) => {
  const all = { site: SITE, ...data };
  const spelled = name => name.slice(5).replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  return { src, nonce: '', integrity: '', dataset: all, getAttribute: name => all[spelled(name)] ?? null, ...more };
};

const read = (...values) => readTag(script(...values), ['en']);
const start = (...values) => readStart(script(...values));

test('the plain tag is enough', () => {
  assert.deepEqual(start({}), {
    relay: 'https://relay.example',
    site: SITE,
    orgKey: null,
    rosterMin: 0,
    phone: null,
    emergency: null,
    whatsapp: null,
    pinned: false,
  });
  const tag = read({});
  assert.equal(tag.files, 'https://relay.example/v/source/');
  assert.equal(tag.exitUrl('en'), NEUTRAL_ADDRESS);
  assert.deepEqual([tag.exitOnPage, tag.availability, tag.resume], [false, false, true]);
});

test('a pinned tag, a relay below a path, and files hosted elsewhere find the same relay', () => {
  assert.equal(start({}, 'https://relay.example/v/0.1.0-1a2b3c4d/embed.js').relay, 'https://relay.example');
  assert.equal(start({}, 'https://ngo.example/talk/embed.js?x#y').relay, 'https://ngo.example/talk');
  const elsewhere = [{ relay: 'https://relay.example/' }, 'https://ngo.example/plugin/embed.js'];
  assert.equal(start(...elsewhere).relay, 'https://relay.example');
  assert.equal(read(...elsewhere).files, 'https://ngo.example/plugin/');
});

test('a tag with a hash tells the frame that the program is pinned', () => {
  assert.equal(start({}, undefined, { integrity: 'sha384-abc' }).pinned, true);
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
    assert.equal(start(wrong), null, JSON.stringify(wrong));
  }
  assert.ok(start({ orgKey: KEY, rosterMin: '7' }));
});

test('nonsense elsewhere falls back to the default', () => {
  const nonsense = {
    exitUrl: 'javascript:alert(1)',
    exit: 'everywhere',
    availability: 'perhaps',
    position: 'sideways',
    locale: 'xx',
    phone: 'call us',
    title: ' ',
    whatsapp: 'https://wa.me/34600111222?text=hello',
  };
  const tag = read(nonsense);
  assert.equal(tag.exitUrl('en'), NEUTRAL_ADDRESS);
  assert.deepEqual([tag.exitOnPage, tag.availability, tag.atStart], [false, false, false]);
  assert.equal(tag.locale, 'en');
  assert.equal(tag.phone, null);
  assert.ok(!tag.title);
  assert.equal(start(nonsense).whatsapp, null);
});

test('the exit leads elsewhere in each language where the tag says so (requirement 13)', () => {
  const tag = read({
    exitUrl: 'https://weather.example/',
    exitUrlAr: 'https://weather.example/ar',
    exitUrlPtBr: 'https://weather.example/br',
    exitUrlIt: 'data:text/html,x',
  });
  assert.equal(tag.exitUrl('en'), 'https://weather.example/');
  assert.equal(tag.exitUrl('ar'), 'https://weather.example/ar');
  assert.equal(tag.exitUrl('pt-BR'), 'https://weather.example/br');
  assert.equal(tag.exitUrl('pt-PT'), 'https://weather.example/');
  assert.equal(tag.exitUrl('it'), 'https://weather.example/');
});

test('a WhatsApp number is digits, however it was written (requirement 101)', () => {
  assert.equal(start({ whatsapp: '+34 600-111.222' }).whatsapp, '34600111222');
  assert.equal(start({ whatsapp: '34600111222' }).whatsapp, '34600111222');
  assert.equal(start({ whatsapp: '12345' }).whatsapp, null);
  assert.equal(start({ whatsapp: '1234567890123456' }).whatsapp, null);
});

test('a nonce is taken over only where it could not break out of an attribute', () => {
  assert.equal(read({}, undefined, { nonce: 'abc+/=' }).nonce, 'abc+/=');
  assert.equal(read({}, undefined, { nonce: '"><script>' }).nonce, null);
});

test('the language is the tag’s, else the page’s, else the browser’s, else English', () => {
  assert.equal(chooseLocale(['ar']), 'ar');
  assert.equal(chooseLocale(['auto', 'ar-MA', 'en']), 'ar');
  assert.equal(chooseLocale(['auto', '', 'de', 'AR']), 'ar');
  assert.equal(chooseLocale(['auto', '', 'de']), 'en');
  assert.equal(chooseLocale(['pt-br']), 'pt-BR');
  assert.equal(chooseLocale(['pt']), 'pt-PT');
  assert.equal(chooseLocale(['es-MX']), 'es');
});
