// Whether somebody is free, where the site has switched that on: a request without identifiers that a cache may answer,
// only while the page is seen. No answer means that nothing is said.

import { listen } from './dom.js';
import { request } from './request.js';
import { readStart } from './start.js';
import { words } from './words.js';

// An answer may be fifteen seconds old when it comes; with this it is never older than 25.
const ASK_AGAIN_MILLIS = 10000;

/** `show` gets the words to show, or none. */
export function followAvailability(tag, locale, show) {
  const start = readStart(tag.script);
  if (!start) return;
  const ask = async () => {
    if (document.hidden) return show('');
    const answer = await request('json', `${start.relay}/api/availability?site=${start.site}`).catch(() => ({}));
    const isFree = answer.ok && answer.body.languages.includes(locale());
    show(isFree ? words(locale()).available : '');
  };
  listen(document, 'visibilitychange', ask);
  setInterval(ask, ASK_AGAIN_MILLIS);
  ask();
}
