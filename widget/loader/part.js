// Fetches the loader's second half. The browser checks its hash, as it does for a pinned loader.

import { OPEN_HASH } from './built.js';
import { FILE, NET, PIN } from './fault.js';

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
      fetch(source.src, { credentials: 'omit', referrerPolicy: 'no-referrer' }).then(
        answer => reject(Error(answer.ok ? PIN : FILE)),
        () => reject(Error(NET))
      );
    };
    document.head.append(source);
  });
