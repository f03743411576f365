// What the webmaster wrote in the tag, checked before anything uses it. Nonsense in a value that guards the visitor
// (site, key, relay) makes the tag faulty: the chat then shows phone numbers and a code, never a weaker chat.
// Nonsense elsewhere falls back to the default.

import { LOCALES, VERSION } from './built.js';

/** Where the exit goes unless the tag says otherwise: a page that anybody might have open. */
export const NEUTRAL_ADDRESS = 'https://www.wikipedia.org/';

const matching = (pattern, text) => (pattern.test(text) ? text : null);
const short = text => (text ? text.trim().slice(0, 60) : null);
const phone = text => matching(/\d/, short(text));

const webAddress = text => {
  try {
    const { href } = new URL(text);
    return matching(/^https?:/, href);
  } catch (_) {
    return null;
  }
};

const primary = locale => locale.toLowerCase().split('-')[0];

/** The first of the wanted languages that the widget speaks; English otherwise. */
export function chooseLocale(wanted) {
  for (const tag of wanted) {
    const found =
      LOCALES.find(locale => locale.toLowerCase() === tag.toLowerCase()) ||
      LOCALES.find(locale => primary(locale) === primary(tag));
    if (found) return found;
  }
  return LOCALES[0];
}

/** Reads the tag's attributes; `languages` are the host document's and the browser's, best first. */
export function readTag(script, languages) {
  const data = script.dataset;
  const folder = script.src.replace(/[^/]*([?#].*)?$/, '');
  const relay = webAddress(data.relay || folder.replace(/v\/[^/]+\/$/, ''));
  // What the frame is told.
  const start = {
    relay: relay && relay.replace(/\/+$/, ''),
    site: matching(/^[\w-]{16}$/, data.site),
    orgKey: matching(/^[\w-]{43}$/, data.orgKey),
    rosterMin: +(data.rosterMin || 0),
    phone: phone(data.phone),
    emergency: phone(data.emergency),
  };
  return {
    start,
    faulty: !start.relay || !start.site || !(start.rosterMin >= 0) || (data.orgKey && !start.orgKey),
    // Files hosted elsewhere than the relay lie beside the loader; the relay keeps them by version.
    files: data.relay ? folder : `${start.relay}/v/${VERSION}/`,
    locale: chooseLocale([data.locale || 'auto', ...languages]),
    atStart: data.position === 'start',
    title: short(data.title),
    exitUrl: webAddress(data.exitUrl) || NEUTRAL_ADDRESS,
    resume: data.resume !== 'off',
    nonce: matching(/^[\w+/=-]+$/, script.nonce),
  };
}
