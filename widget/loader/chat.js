// Boot of `/chat`, the chat as a page of its own. The relay serves that page with the CSP `sandbox`, so it is as opaque
// as the frame. It is host and frame at once: the same widget, started by the same messages over a port to itself.
//
// There is no resume half here: an opaque page can store nothing. The page is complete without this script: an exit
// that is a plain link (`[data-amparo-exit]`) and the phone numbers (`#amparo-chat`), whose place the widget takes.

import { HASHES } from './built.js';
import { codeOf, PIN, START } from './fault.js';
import { canCompile, fetchFile, fetchTexts } from './files.js';
import { passMessage } from './pass.js';
import { chooseLocale, readTag } from './tag.js';
import { direction } from './words.js';

const meta = name => (document.querySelector(`meta[name="amparo-${name}"]`) || {}).content || '';
const fromPage = ['relay', 'site', 'phone', 'emergency'].map(name => [name, meta(name)]);
const { src } = document.currentScript;
const dataset = { ...Object.fromEntries(fromPage), orgKey: meta('org-key') };
const tag = readTag({ src, nonce: '', dataset }, [document.documentElement.lang, ...navigator.languages]);
const { relay, site } = tag.start;
const exit = document.querySelector('[data-amparo-exit]');
const numbers = document.querySelector('#amparo-chat');
// The page brings the first pass along; the relay gives no other to an opaque page, which is then loaded anew.
let pass = meta('pass');
let endToken = null;

function fail(error) {
  const code = document.createElement('p');
  code.dataset.test = 'fallback-code';
  code.textContent = codeOf(error);
  numbers.hidden = false;
  numbers.append(code);
}

function leave() {
  document.body.textContent = '';
  if (endToken) navigator.sendBeacon(relay + '/api/end', endToken);
  location.replace(exit.href);
}

async function textsMessage(wanted) {
  const locale = chooseLocale([wanted]);
  document.documentElement.lang = locale;
  document.documentElement.dir = direction(locale);
  return { t: 'texts', locale, text: await fetchTexts(tag.files, locale).catch(() => null) };
}

const receivers = {
  pass: async (_, port) => {
    const ready = pass;
    pass = '';
    port.postMessage(await passMessage(ready, relay, site));
  },
  ready: (_, port) => {
    numbers.hidden = true;
    port.postMessage({ t: 'shown', shown: true });
  },
  fault: () => fail(Error(START)),
  texts: async ({ locale }, port) => port.postMessage(await textsMessage(locale)),
  endtoken: ({ token }) => (endToken = token),
  exit: leave,
};

async function open() {
  const name = canCompile() ? 'widget.js' : 'widget-plain.js';
  const { locale } = tag;
  const [text, wasm] = await Promise.all([
    fetchTexts(tag.files, locale),
    canCompile() ? fetchFile(tag.files, 'widget.wasm') : null,
  ]);
  addEventListener('message', function greet({ source, data }) {
    if (source !== window || !data || data.t !== 'hello') return;
    removeEventListener('message', greet);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => receivers[data.t] && receivers[data.t](data, port1);
    postMessage({ t: 'port' }, '*', [port2]);
    const title = tag.title || document.title;
    const start = { ...tag.start, hostHalf: null, continuing: false, standalone: true, locale, title, discreet: false };
    port1.postMessage({ t: 'start', ...start, wasm, texts: { locale, text } }, wasm ? [wasm] : []);
  });
  // The browser checks it by its hash.
  const program = document.createElement('script');
  program.integrity = 'sha256-' + HASHES[name];
  program.crossOrigin = 'anonymous';
  program.onerror = () => fail(Error(PIN));
  program.src = tag.files + name;
  document.head.append(program);
}

exit.onclick = event => {
  event.preventDefault();
  leave();
};
addEventListener('pageshow', event => event.persisted && location.reload());
open().catch(fail);
