// The loader's one element in the host page: before the body, so that its exit comes first in the tab order, and above
// everything, so that no cookie banner covers it.

import { element, listen } from './dom.js';
import { LOOK } from './look.js';

// The host page's rules cannot win over inline `important`; values set through the CSSOM need no permission of its
// content policy.
const UNTOUCHABLE = 'all:initial!important;display:block!important;position:fixed!important;z-index:2147483647!important';

let host;

/** Whether it is in the page still. */
export const isThere = () => host.isConnected;

function dress(shadow, nonce) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOK);
    shadow.adoptedStyleSheets = [sheet];
  } catch (_) {
    // Safari before 16.4 has no constructed sheets.
    shadow.append(element('style', '', { nonce }, LOOK));
  }
}

// Of the top layer, what came last lies above the rest; without one, the last of equals is the upper one.
function raise() {
  if (!host.showPopover) return;
  host.popover = 'manual';
  if (host.matches(':popover-open')) host.hidePopover();
  host.showPopover();
}

function put() {
  document.documentElement.insertBefore(host, host.showPopover ? document.body : null);
  raise();
}

/** Puts `root` into the page. `onLost` is called when the page had thrown it out and it is back, without its frame. */
export function mount(root, nonce, onLost) {
  host = element('div', 'amparo', {});
  host.style.cssText = UNTOUCHABLE;
  const shadow = host.attachShadow({ mode: 'closed' });
  shadow.append(root);
  dress(shadow, nonce);
  put();
  listen(document, 'toggle', ({ target }) => target !== host && target.matches(':popover-open,:modal') && raise());
  listen(document, 'fullscreenchange', raise);
  new MutationObserver(() => {
    if (isThere()) return;
    put();
    onLost();
  }).observe(document.documentElement, { childList: true });
}
