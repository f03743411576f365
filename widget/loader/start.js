// What the tag tells the frame, checked before anything uses it. Nonsense in a value that guards the visitor (site, key,
// relay) makes the tag faulty: she then sees phone numbers and a code, never a weaker chat.

import { places } from './tag.js';
import { matching, phone } from './values.js';

/** What wa.me takes: digits alone; what people write between them is dropped. */
const digits = text => matching(/^\d{7,15}$/, (text || '').replace(/[\s+().-]/g, ''));

/** `null` where the tag is faulty. */
export function readStart(script) {
  const data = script.dataset;
  const start = {
    relay: places(script).relay,
    site: matching(/^[\w-]{16}$/, data.site),
    orgKey: matching(/^[\w-]{43}$/, data.orgKey),
    rosterMin: +(data.rosterMin || 0),
    phone: phone(data.phone),
    emergency: phone(data.emergency),
    whatsapp: digits(data.whatsapp),
    // The page has said which program may run, whoever serves it.
    pinned: !!script.integrity,
  };
  const isFaulty = !start.relay || !start.site || !(start.rosterMin >= 0) || (data.orgKey && !start.orgKey);
  return isFaulty ? null : start;
}
