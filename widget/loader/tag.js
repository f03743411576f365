// What of the tag the closed launcher and the exit need. The rest is read when the chat is opened: see `start.js`.

import { VERSION } from './built.js';
import { matching, phone, short, webAddress } from './values.js';
import { LOCALES } from './words.js';

/** Where the exit goes unless the tag says otherwise: a page that anybody might have open. */
export const NEUTRAL_ADDRESS = 'https://www.wikipedia.org/';

const primary = locale => locale.split('-')[0];

/** The first of the wanted languages that the widget speaks; English otherwise. */
export function chooseLocale(wanted) {
  for (const tag of wanted) {
    const found =
      LOCALES.find(locale => locale.toLowerCase() === tag.toLowerCase()) ||
      // A bare `pt` is European, which comes last.
      LOCALES.filter(locale => primary(locale) === primary(tag).toLowerCase()).pop();
    if (found) return found;
  }
  return LOCALES[0];
}

/** Where the relay is, and in which folder the program's files lie. */
export function places({ src, dataset: { relay } }) {
  const folder = src.replace(/[^/]*([?#].*)?$/, '');
  const address = (webAddress(relay || folder.replace(/v\/[^/]+\/$/, '')) || '').replace(/\/+$/, '');
  // Files hosted elsewhere than the relay lie beside the loader; the relay keeps them by version.
  return { relay: address, files: relay ? folder : `${address}/v/${VERSION}/` };
}

/** Reads the tag; `languages` are the host document's and the browser's, best first. Nonsense falls back to the default. */
export function readTag(script, languages) {
  const data = script.dataset;
  return {
    script,
    ...places(script),
    locale: chooseLocale([data.locale || 'auto', ...languages]),
    atStart: data.position === 'start',
    title: short(data.title),
    phone: phone(data.phone),
    emergency: phone(data.emergency),
    exitOnPage: data.exit === 'page',
    exitUrl: locale => webAddress(script.getAttribute('data-exit-url-' + locale.toLowerCase())) || webAddress(data.exitUrl) || NEUTRAL_ADDRESS,
    availability: data.availability === 'on',
    resume: data.resume !== 'off',
    nonce: matching(/^[\w+/=-]+$/, script.nonce),
  };
}
