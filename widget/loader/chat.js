// Boot of `/chat`, the chat as a page of its own. The relay serves that page with the CSP `sandbox`, so it is as opaque
// as the frame. It is host and frame at once: the same widget, started by the same messages over a port to itself.
//
// There is no resume half here: an opaque page can store nothing. The page is complete without this script: an exit
// that is a plain link (`[data-amparo-exit]`) and the phone numbers (`#amparo-chat`), whose place the widget takes.

import { HASHES } from './built.js';
import { codeOf, CONF, NET, PIN, START } from './fault.js';
import { fetchFile, fetchTexts, textsMessage } from './files.js';
import { leave } from './leave.js';
import { fetchWasm } from './part.js';
import * as shift from './shift.js';
import { readStart } from './start.js';
import { chooseLocale, readTag } from './tag.js';
import { direction, words } from './words.js';

// A pass that is refused over and over must not load the page over and over.
const LOAD_ANEW_AFTER_MILLIS = 10000;

const meta = name => (document.querySelector(`meta[name="amparo-${name}"]`) || {}).content || '';
const fromPage = ['relay', 'site', 'phone', 'emergency', 'whatsapp'].map(name => [name, meta(name)]);
const { src } = document.currentScript;
const script = { src, nonce: '', dataset: { ...Object.fromEntries(fromPage), orgKey: meta('org-key') } };
const tag = readTag(script, [document.documentElement.lang, ...navigator.languages]);
const exit = document.querySelector('[data-amparo-exit]');
const numbers = document.querySelector('#amparo-chat');
const said = document.createElement('p');
let { locale } = tag;
// The page brings the first pass along; the relay gives no other to an opaque page.
let pass = meta('pass');
// Who asks too often gets a page without one: loading it anew brings no other.
const mayLoadAnew = !!pass;
let endToken = null;

function fail(error) {
  const code = document.createElement('p');
  code.dataset.test = 'fallback-code';
  code.textContent = codeOf(error);
  numbers.hidden = false;
  numbers.append(code);
}

const end = () => endToken && navigator.sendBeacon(tag.relay + '/api/end', endToken);
const go = () => leave(exit.href, words(locale).loading, [], end);
const pressed = count => (said.textContent = words(locale).pressed.replace('{n}', count));

function passMessage() {
  const ready = pass;
  pass = '';
  if (!ready && mayLoadAnew && performance.now() > LOAD_ANEW_AFTER_MILLIS) location.reload();
  return ready ? { t: 'pass', pass: ready } : { t: 'pass', error: NET };
}

function speak(wanted) {
  locale = chooseLocale([wanted.replace('-simple', '')]);
  document.documentElement.lang = locale;
  document.documentElement.dir = direction(locale);
  return textsMessage(tag.files, locale, /-simple$/.test(wanted));
}

const receivers = {
  pass: (_, port) => port.postMessage(passMessage()),
  ready: (_, port) => {
    numbers.hidden = true;
    port.postMessage({ t: 'shown', shown: true });
  },
  fault: () => {
    const widget = document.querySelector('.am-widget');
    if (widget) widget.remove();
    // Its line may still be up, and would go on answering for a screen that is gone.
    end();
    fail(Error(START));
  },
  texts: async ({ locale }, port) => port.postMessage(await speak(locale)),
  endtoken: ({ token }) => (endToken = token),
  exit: go,
  shift: () => shift.press(go, pressed),
  'shift-reset': shift.reset,
};

async function open() {
  const values = readStart(script);
  if (!values) throw Error(CONF);
  const early = fetchWasm(tag.files);
  const name = early ? 'widget.js' : 'widget-plain.js';
  const [text, wasm] = await Promise.all([
    fetchTexts(tag.files, locale),
    early && fetchFile(tag.files, 'widget.wasm', early),
  ]);
  addEventListener('message', function greet({ source, data }) {
    if (source !== window || !data || data.t !== 'hello') return;
    removeEventListener('message', greet);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => receivers[data.t] && receivers[data.t](data, port1);
    postMessage({ t: 'port' }, '*', [port2]);
    const title = tag.title || document.title;
    const start = { ...values, hostHalf: null, continuing: false, standalone: true, locale, title };
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
  go();
};
said.className = 'am-unseen';
said.setAttribute('role', 'status');
document.body.append(said);
addEventListener('pagehide', end);
addEventListener('pageshow', event => event.persisted && location.reload());
open().catch(fail);
