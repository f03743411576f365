// The exit. Order matters: forget, cover and wipe, tell the relay, leave. Nothing is awaited, and no step that fails,
// because a page or a browser forbids it, holds up the next.

import { attempt } from './dom.js';

// A new and empty document in the place of the page, at once: everything written is gone, with every listener of the
// page ("really leave?", trackers), and it looks as the browser's own pages do.
function blank(word) {
  try {
    document.open();
    document.close();
  } catch (_) {
    // A page in XML cannot be written anew.
    document.documentElement.textContent = '';
  }
  const silence = document.createElement('meta');
  // The next address must not learn where she came from.
  silence.name = 'referrer';
  silence.content = 'no-referrer';
  document.head.append(silence);
  const said = document.createElement('p');
  said.setAttribute('role', 'status');
  document.body.append(said);
  // Set afterwards: then screen readers say it.
  said.textContent = word;
}

/** Leaves to this address, saying `word` meanwhile. `before` drops what was kept; `after` tells the relay. */
export function leave(address, word, before, after) {
  before.forEach(attempt);
  attempt(() => blank(word));
  attempt(after);
  // No page can replace this one.
  location.replace(address);
}
