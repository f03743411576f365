// Fetches the program's files and refuses whatever is not, byte for byte, what this loader was built with.
// A wrong hash, a missing file or a time-out is a fault, never a reason to try something weaker.

import { toBase64 } from './base64.js';
import { HASHES } from './built.js';
import { FILE, PIN } from './fault.js';
import { request } from './request.js';

/** The checked bytes of one file of the program; `early`: its answer, where it was asked for before. */
export async function fetchFile(folder, name, early) {
  const { ok, body } = await request('arrayBuffer', folder + name, {}, early);
  if (!ok) throw Error(FILE);
  if (toBase64(await crypto.subtle.digest('SHA-256', body)) !== HASHES[name]) throw Error(PIN);
  return body;
}

const fetchText = async (folder, name) => new TextDecoder().decode(await fetchFile(folder, name));

/** The widget's words in one language; simple ones, where there are any, go before the usual ones. */
export async function fetchTexts(folder, locale, simple) {
  const names = [`texts-${locale}-simple.txt`, `texts-${locale}.txt`];
  const files = names.slice(simple && HASHES[names[0]] ? 0 : 1);
  return (await Promise.all(files.map(name => fetchText(folder, name)))).join('\n');
}

/** The answer to a widget that wants other words; without them it keeps those it has. */
export const textsMessage = async (folder, locale, simple) => ({
  t: 'texts',
  locale,
  text: await fetchTexts(folder, locale, simple).catch(() => null),
});

/** Everything a frame needs, side by side: WebAssembly where there is `wasm`, else the same program as JavaScript. */
export async function fetchProgram(folder, locale, wasm) {
  const name = wasm ? 'widget' : 'widget-plain';
  const [texts, js, css, module] = await Promise.all([
    fetchTexts(folder, locale),
    fetchText(folder, name + '.js'),
    fetchText(folder, 'widget.css'),
    wasm && fetchFile(folder, 'widget.wasm', wasm),
  ]);
  return { name: name + '.js', texts, js, css, wasm: module };
}
