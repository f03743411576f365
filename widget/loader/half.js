// The loader's half of the resume key (design section 4): one random value, the only thing ever stored. It lies in
// `sessionStorage` only while the page is hidden or being left, and is removed first thing when a page loads.

import { attempt } from './dom.js';

const NAME = 'view';

// Storage may be switched off; then a page change simply ends the conversation.
const storage = act => attempt(() => act(sessionStorage));

/** Leaves the half for the next page view; answers whether it lies there. */
export const store = half => storage(session => !session.setItem(NAME, half));
export const forget = () => storage(session => session.removeItem(NAME));

/** Whether this page view is the visitor's own reload or a step within the site. Back, a typed address and a reopened tab are not. */
export function isOwnStep(view) {
  const [entry] = view.performance.getEntriesByType('navigation');
  const type = entry && entry.type;
  const activation = view.navigation && view.navigation.activation;
  const from = (activation && activation.from && activation.from.url) || view.document.referrer;
  return type === 'reload' || (type === 'navigate' && !!from && new URL(from).origin === view.location.origin);
}

/** Takes the half of a conversation that goes on, or `null`. Whatever was stored is gone afterwards. */
export function take(view) {
  const half = storage(session => session.getItem(NAME));
  forget();
  return half && /^[\w-]{43}$/.test(half) && isOwnStep(view) ? half : null;
}
