// One life of the frame at a time, from opening to wiping. What only an opened chat needs lies in `open.js`, which gives
// a life the ways to speak to its frame (`tell`, `sendTexts`), to continue (`half`, `keep`) and to `end`.

import { listen } from './dom.js';
import { codeOf, CSP, TIME } from './fault.js';
import * as panel from './panel.js';
import { fetchOpen, fetchWasm } from './part.js';

const OPEN_TIMEOUT_MILLIS = 60000;

/** The life now, or `null`. */
export let life = null;
let forbidden = false;

/** Does it where there is a life that can. */
export const ask = (what, ...values) => life && life[what] && life[what](...values);
export const tell = message => ask('tell', message);
/** Of a conversation that a page change may continue. */
export const half = () => life && life.keep && life.half;

/** Nothing can go on from here: whoever it was with shall know now. */
const endUnlessKept = () => half() || ask('end');

/**
 * Starts the widget. `kept` is the half of a conversation that goes on; `receivers` get what the frame says, by the name
 * of the message; `settled` hears whether the chat is there.
 */
export async function load(tag, kept, locale, receivers, settled) {
  endUnlessKept();
  const own = (life = { half: kept, keep: kept });
  const isLiving = () => life === own;
  const fail = (own.fail = code => {
    if (!isLiving()) return;
    endUnlessKept();
    // One that was shown can be taken up again; one that never came would fail on every page.
    life = { ...(own.tell && own), failed: true };
    panel.wipe(code);
    panel.showUnread(!panel.isOpen());
    settled(false);
    console.error('Amparo ' + code);
  });
  panel.wipe();
  setTimeout(() => own.tell || fail(TIME), OPEN_TIMEOUT_MILLIS);
  try {
    const wasm = fetchWasm(tag.files);
    const { openWidget } = await fetchOpen(tag);
    await openWidget(tag, own, locale, receivers, isLiving, wasm);
    if (isLiving()) settled(true);
  } catch (error) {
    // The report of a forbidden request arrives as an event of its own.
    setTimeout(() => fail(forbidden ? CSP : codeOf(error)));
  }
}

/** The frame and all that is in it are gone when this returns. */
export function wipe() {
  tell({ t: 'erase' });
  life = null;
  panel.wipe();
}

/** Tells what the page forbids from what cannot be reached. */
export const watchPolicy = ({ relay, files }) =>
  listen(document, 'securitypolicyviolation', ({ blockedURI }) => {
    forbidden = forbidden || blockedURI.startsWith(relay) || blockedURI.startsWith(files);
  });
