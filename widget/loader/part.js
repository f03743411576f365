// Fetches the loader's second half, whose hash the browser checks as it does for a pinned loader; and beside it the
// heaviest file, so that a bad line is not waited for twice. The second half checks that one's hash.

import { OPEN_HASH } from './built.js';
import { attempt } from './dom.js';
import { FILE, NET, PIN } from './fault.js';

const ask = address => fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' });

/**
 * The widget on its way; `null` where the document may not compile WebAssembly: it is missing in Lockdown Mode, and a
 * content policy can forbid it. What goes wrong is told when the file is asked for again.
 */
export const fetchWasm = files =>
  // The shortest module.
  attempt(() => new WebAssembly.Module(Uint32Array.of(0x6d736100, 1)) && ask(files + 'widget.wasm').catch(() => null));

export const fetchOpen = ({ files, nonce }) =>
  new Promise((resolve, reject) => {
    const source = document.createElement('script');
    source.integrity = 'sha256-' + OPEN_HASH;
    source.crossOrigin = 'anonymous';
    source.referrerPolicy = 'no-referrer';
    source.nonce = nonce;
    source.src = files + 'open.js';
    source.take = resolve;
    source.onload = () => source.remove();
    // A script element does not say what went wrong: ask once more.
    source.onerror = () => {
      source.remove();
      ask(source.src).then(
        answer => reject(Error(answer.ok ? PIN : FILE)),
        () => reject(Error(NET))
      );
    };
    document.head.append(source);
  });
