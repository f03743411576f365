// One-time embed passes. The relay checks the host page's Origin, which the frame, being opaque, cannot show.

import { codeOf, NET, ORIGIN, SITE } from './fault.js';
import { request } from './request.js';

const FAULTS = { 'unknown-site': SITE, 'origin-not-allowed': ORIGIN };

/** A fresh pass, or a fault with the relay's own `reason` for giving none. */
export async function fetchPass(relay, site) {
  const { ok, body } = await request('json', relay + '/api/pass', {
    method: 'POST',
    // Sent as plain text, which needs no question beforehand: one round trip less on a bad line.
    // By hand, because pages replace `JSON`; a site key needs no escaping.
    body: `{"site":"${site}"}`,
  });
  if (!ok) throw Object.assign(Error(FAULTS[body.code] || NET), { reason: body.code });
  return body.pass;
}

/** The answer to a widget that wants a pass: `ready`, one that was fetched before, or a fresh one. */
export const passMessage = async (ready, relay, site) => {
  try {
    return { t: 'pass', pass: ready || (await fetchPass(relay, site)) };
  } catch (error) {
    return { t: 'pass', error: error.reason || codeOf(error) };
  }
};
