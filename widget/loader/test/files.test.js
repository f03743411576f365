// The loader runs nothing that is not, byte for byte, what it was built with.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import './built.js';

const sha256 = text => createHash('sha256').update(text).digest('base64');
const content = {
  'widget.js': 'js',
  'widget-plain.js': 'plain',
  'widget.css': 'css',
  'widget.wasm': 'wasm',
  'texts-en.txt': 'a = b',
  'texts-ar.txt': 'a = usual',
  'texts-ar-simple.txt': 'a = simple',
};
globalThis.AMPARO_HASHES = Object.fromEntries(Object.entries(content).map(([name, text]) => [name, sha256(text)]));
const { fetchFile, fetchProgram, textsMessage } = await import('../files.js');
const { fetchWasm } = await import('../part.js');
const { fetchPass, passMessage } = await import('../pass.js');

const FOLDER = 'https://relay.example/v/1/';

const asked = [];
const serve = files => {
  asked.length = 0;
  globalThis.fetch = async (address, options) => {
    asked.push([address, options]);
    const text = files[address.split('/').pop()];
    return new Response(text ?? 'gone', { status: text === undefined ? 404 : 200 });
  };
};

test('the whole program comes by WebAssembly where it compiles', async () => {
  serve(content);
  const early = fetchWasm(FOLDER);
  assert.deepEqual(
    asked.map(([address]) => address),
    [FOLDER + 'widget.wasm'],
    'the heaviest file is asked for first'
  );
  const program = await fetchProgram(FOLDER, 'en', early);
  assert.equal(asked.filter(([address]) => address.endsWith('.wasm')).length, 1, 'and once');
  assert.equal(program.name, 'widget.js');
  assert.equal(program.js, 'js');
  assert.equal(new TextDecoder().decode(program.wasm), 'wasm');
  for (const [, options] of asked) {
    assert.equal(options.credentials, 'omit');
    assert.equal(options.referrerPolicy, 'no-referrer');
  }
});

test('without WebAssembly the same program comes as JavaScript', async () => {
  serve(content);
  const kept = globalThis.WebAssembly;
  delete globalThis.WebAssembly;
  const coming = fetchProgram(FOLDER, 'en', fetchWasm(FOLDER));
  // Node's own `fetch` needs it.
  globalThis.WebAssembly = kept;
  const program = await coming;
  assert.equal(program.name, 'widget-plain.js');
  assert.equal(program.wasm, null);
  assert.ok(!asked.some(([address]) => address.endsWith('.wasm')));
});

test('one changed byte is refused, and nothing else is tried instead', async () => {
  serve({ ...content, 'widget.wasm': 'wasM' });
  await assert.rejects(fetchProgram(FOLDER, 'en', fetchWasm(FOLDER)), { message: 'E-PIN' });
  assert.ok(!asked.some(([address]) => address.endsWith('plain.js')));
});

test('a missing file, an unknown file and a dead line have their codes', async () => {
  serve({});
  await assert.rejects(fetchFile(FOLDER, 'widget.js'), { message: 'E-FILE' });
  serve({ 'other.js': 'x' });
  await assert.rejects(fetchFile(FOLDER, 'other.js'), { message: 'E-PIN' });
  globalThis.fetch = async () => {
    throw new TypeError('failed');
  };
  await assert.rejects(fetchFile(FOLDER, 'widget.js'), { message: 'E-NET' });
});

test('what failed early is asked for again, and then has its code', async () => {
  serve(content);
  const wasm = await fetchFile(FOLDER, 'widget.wasm', Promise.resolve(null));
  assert.equal(new TextDecoder().decode(wasm), 'wasm');
  assert.equal(asked.length, 1);
  const gone = Promise.resolve(new Response('gone', { status: 404 }));
  await assert.rejects(fetchFile(FOLDER, 'widget.wasm', gone), { message: 'E-FILE' });
});

test('simple words go before the usual ones, under the plain language', async () => {
  serve(content);
  const message = await textsMessage(FOLDER, 'ar', true);
  assert.deepEqual(message, { t: 'texts', locale: 'ar', text: 'a = simple\na = usual' });
});

test('a language without simple words keeps the usual ones, and a dead line changes nothing', async () => {
  serve(content);
  const usual = await textsMessage(FOLDER, 'en', true);
  assert.deepEqual(usual, { t: 'texts', locale: 'en', text: 'a = b' });
  serve({});
  const none = await textsMessage(FOLDER, 'ar', true);
  assert.deepEqual(none, { t: 'texts', locale: 'ar', text: null });
});

test('the relay’s refusals become codes for the webmaster and reasons for the widget', async () => {
  const answer = (status, body) => (globalThis.fetch = async () => new Response(JSON.stringify(body), { status }));
  answer(200, { pass: 'p' });
  assert.equal(await fetchPass('https://relay.example', 's'), 'p');
  answer(404, { code: 'unknown-site' });
  await assert.rejects(fetchPass('https://relay.example', 's'), { message: 'E-SITE' });
  answer(403, { code: 'origin-not-allowed' });
  await assert.rejects(fetchPass('https://relay.example', 's'), { message: 'E-ORIGIN' });
  assert.deepEqual(await passMessage(null, 'https://relay.example', 's'), { t: 'pass', error: 'origin-not-allowed' });
  assert.deepEqual(await passMessage('ready', 'https://relay.example', 's'), { t: 'pass', pass: 'ready' });
});
