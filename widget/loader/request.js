// The loader's only way to the network: no cookies, no referrer.

import { NET } from './fault.js';

/** Whether the answer is good, and its body read `as` (`json` or `arrayBuffer`); `early`: one that may be on its way. */
export async function request(as, address, options, early) {
  try {
    const answer = (await early) || (await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', ...options }));
    return { ok: answer.ok, body: await answer[as]() };
  } catch (_) {
    throw Error(NET);
  }
}
