// Other ways to reach somebody, for as long as the chat is not there: what a call leaves behind, WhatsApp with what must
// be read before it, and the chat in a tab of its own.

import { element } from './dom.js';

const line = (...children) => element('p', 'line', {}, ...children);

/** A link out of the page that tells nobody where it was pressed. */
const away = (called, href, word) =>
  line(element('a', called, { href, target: '_blank', rel: 'noopener noreferrer' }, word));

export function doors(say, { relay, site, phone, emergency, whatsapp }) {
  const all = [];
  if (phone || emergency) all.push(line(say.trace));
  if (whatsapp) all.push(line(say.seen + ' ' + say.stays), away('whatsapp', 'https://wa.me/' + whatsapp, say.whatsapp));
  all.push(away('chat-tab', `${relay}/chat?site=${site}`, say.tab));
  return all;
}
