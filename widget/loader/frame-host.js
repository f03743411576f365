// The loader's side of the wall: makes the sandboxed frame, hands it one port and nothing else.

import { randomText } from './base64.js';
import { HASHES } from './built.js';
import { CSP } from './fault.js';
import { direction } from './words.js';

// The frame's script runs before the frame is loaded; what is left is the way of its greeting. Both ways together must
// have failed before two seconds are over.
const HELLO_AFTER_LOAD_MILLIS = 500;

// `linked`: the document names the checked files by address and hash instead of holding them. Some content policies
// allow scripts of the relay but no inline script; the hash in the `integrity` attribute is the same guard.
function page(program, tag, address, locale, linked) {
  const nonce = tag.nonce || randomText();
  const relay = new URL(address).origin;
  const own = `-src 'nonce-${nonce}'${linked ? ' ' + tag.files : ''}`;
  const guarded = name =>
    ` nonce="${nonce}"` + (linked ? ` crossorigin integrity="sha256-${HASHES[name]}" ` : '>');
  return (
    `<html lang="${locale}" dir="${direction(locale)}"><meta http-equiv="Content-Security-Policy" content="default-src 'none';` +
    `script${own} 'wasm-unsafe-eval';style${own};img-src data:;connect-src ${relay} ${relay.replace('http', 'ws')};` +
    `base-uri 'none';form-action 'none'"><meta name="referrer" content="no-referrer">` +
    (linked
      ? `<link rel="stylesheet"${guarded('widget.css')}href="${tag.files}widget.css"><body>` +
        `<script${guarded(program.name)}src="${tag.files + program.name}"></script>`
      : `<style${guarded()}${program.css}</style><body><script${guarded()}${program.js}</script>`)
  );
}

// Resolves with the port to the frame once the frame has said hello.
const greet = (html, title, place) =>
  new Promise((resolve, reject) => {
    const frame = document.createElement('iframe');
    let timer;
    const onMessage = ({ source, data }) => {
      if (source !== frame.contentWindow || !data || data.t !== 'hello') return;
      stop();
      const { port1, port2 } = new MessageChannel();
      // The frame's origin is opaque, so it cannot be named.
      source.postMessage({ t: 'port' }, '*', [port2]);
      resolve(port1);
    };
    const stop = () => {
      removeEventListener('message', onMessage);
      clearTimeout(timer);
    };
    const silent = () => {
      stop();
      reject(Error(CSP));
    };
    addEventListener('message', onMessage);
    frame.sandbox = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox';
    frame.referrerPolicy = 'no-referrer';
    frame.title = title;
    frame.hidden = true;
    frame.setAttribute('data-test', 'frame');
    // A frame whose script was blocked loads all the same and stays silent.
    frame.onload = () => (timer = setTimeout(silent, HELLO_AFTER_LOAD_MILLIS));
    // Throws where the host enforces Trusted Types.
    frame.srcdoc = html;
    place(frame);
  });

/** Opens a frame with the program in it; resolves with the port to it. */
export const openFrame = (program, tag, relay, locale, title, place) => {
  const attempt = linked => greet(page(program, tag, relay, locale, linked), title, place);
  return attempt(false).catch(() => attempt(true));
};
