// What stands in the panel while the chat is not there: that it is loading, or the code of a fault for the webmaster,
// and phone numbers. Drawn without network.

import { act, element } from './dom.js';

const line = (...children) => element('p', 'line', {}, ...children);

const call = (called, word, number) =>
  number
    ? line(word + ' ', element('a', called, { href: 'tel:' + number.replace(/[^\d+]/g, ''), dir: 'ltr' }, number))
    : '';

/** Fills `note`; `more` are the lines that `open.js` adds. */
export function explain(note, say, { phone, emergency }, code, more, close) {
  note.textContent = '';
  note.append(
    element('p', 'line', { role: 'status' }, code ? say.fault : say.loading + '…'),
    call('emergency', say.emergency, emergency),
    call('phone', say.call, phone),
    ...more,
    code ? line(say.code + ' ', element('span', 'fallback-code', { dir: 'ltr' }, code)) : '',
    act(element('button', 'close', {}, say.close), close)
  );
}
