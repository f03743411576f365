// What the loader draws in the host page: the launcher, the exit and the panel around the frame. Drawn without network.
// The exit is a real link that a script makes faster; it lies in the host document, above the frame.

import { LOOK } from './look.js';
import { direction, words } from './words.js';

// The host page's rules cannot win over inline `important`; values set through the CSSOM need no permission of its
// content policy.
const UNTOUCHABLE = 'all:initial!important;display:block!important;position:fixed!important;z-index:2147483647!important';

// The name styles an element and is what tests find it by.
function element(kind, called, attributes, ...children) {
  const node = document.createElement(kind);
  const all = { class: called, 'data-test': called, ...attributes };
  for (const key in all) node.setAttribute(key, all[key]);
  node.append(...children);
  return node;
}

// What a screen reader calls it.
const name = (node, text) => node.setAttribute('aria-label', text);

const line = (...children) => element('p', 'line', {}, ...children);

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

/** Draws everything, closed and silent; `on` holds what the controls do. */
export function drawPanel(tag, on) {
  let say, title, frame, cover;

  const act = (node, action) => {
    node.onclick = event => {
      event.preventDefault();
      action();
    };
    return node;
  };
  const exitLink = () => act(element('a', 'exit', { href: tag.exitUrl, rel: 'noreferrer' }), on.exit);
  const label = element('span', 'label');
  const dot = element('span', 'unread', { role: 'img', hidden: '' });
  const launcher = act(element('button', 'launcher', {}, label, dot), on.open);
  const leave = exitLink();
  const bar = element('div', 'bar', { role: 'region' }, launcher, leave);
  const exit = exitLink();
  const note = element('div', 'fallback');
  const panel = element('div', 'panel', { role: 'dialog', hidden: '' }, exit, note);
  const root = element('div', tag.atStart ? 'r start' : 'r', {}, bar, panel);
  const host = element('div', 'amparo', { style: '' });
  const shadow = host.attachShadow({ mode: 'closed' });
  const view = window.visualViewport;

  // A phone's keyboard shrinks only the visual viewport; the panel follows it, so that the exit stays in sight.
  const fit = () => {
    if (!view) return;
    const set = (size, pixels) => root.style.setProperty('--' + size, pixels + 'px');
    set('top', view.offsetTop);
    set('left', view.offsetLeft);
    set('wide', view.width);
    set('high', view.height);
    set('under', Math.max(0, innerHeight - view.offsetTop - view.height));
    on.fit(view.height);
  };

  /** Says everything in this language. */
  const speak = locale => {
    say = words(locale);
    title = tag.title || say.title;
    root.dir = direction(locale);
    root.lang = locale;
    label.textContent = title;
    leave.textContent = say.leave;
    exit.textContent = '✕ ' + say.exit;
    name(leave, say.exit);
    name(dot, say.unread);
    name(panel, title);
    name(bar, title);
  };

  const isOpen = () => !panel.hidden;

  /** Opens or closes the panel; focus follows the visitor's own press. */
  const show = (open, focus) => {
    panel.hidden = !open;
    bar.hidden = open;
    fit();
    if (focus) (open ? frame || exit : launcher).focus();
  };

  const call = (called, word, number) =>
    number
      ? line(word + ' ', element('a', called, { href: 'tel:' + number.replace(/[^\d+]/g, ''), dir: 'ltr' }, number))
      : '';

  /** Phone numbers, and why the chat is not here: it is loading, or a fault with its code. */
  const explain = code => {
    const { relay, site, phone, emergency } = tag.start;
    note.hidden = false;
    note.textContent = '';
    note.append(
      element('p', 'line', { role: 'status' }, code ? say.fault : say.loading + '…'),
      call('emergency', say.emergency, emergency),
      call('phone', say.call, phone),
      phone || emergency ? line(say.trace) : '',
      code && relay && site
        ? line(element('a', 'chat-tab', { href: `${relay}/chat?site=${site}`, target: '_blank', rel: 'noopener noreferrer' }, say.tab))
        : '',
      code ? line(say.code + ' ', element('span', 'fallback-code', { dir: 'ltr' }, code)) : '',
      act(element('button', 'close', {}, say.close), on.close)
    );
  };

  /** Puts the pieces into the page, above every other layer where the browser has a top layer. */
  const mount = () => {
    host.style.cssText = UNTOUCHABLE;
    shadow.append(root);
    dress(shadow, tag.nonce);
    speak(tag.locale);
    if (view) view.onresize = view.onscroll = fit;
    document.documentElement.append(host);
    if (host.showPopover) {
      host.popover = 'manual';
      host.showPopover();
    }
  };

  /** Takes the frame in, unseen until the widget in it is ready, in place of any other. */
  const place = next => {
    wipe();
    frame = next;
    frame.hidden = true;
    frame.setAttribute('data-test', 'frame');
    panel.append(frame);
  };

  const reveal = () => {
    frame.hidden = false;
    const focused = shadow.activeElement;
    note.hidden = true;
    // Only where the visitor is in here already: a page that just loaded keeps its own focus.
    if (focused) frame.focus();
  };

  /** Removes the frame, with all that is in it. */
  const wipe = () => {
    if (frame) frame.remove();
    frame = null;
  };

  /** Hides the whole page at once behind an ordinary empty one, or brings it back. */
  const hidePage = () => {
    bar.hidden = panel.hidden = true;
    cover = element('div', 'cover', { role: 'status' }, say.loading);
    root.append(cover);
  };
  const showPage = () => {
    if (cover) cover.remove();
    show(false);
  };

  mount();
  return {
    speak,
    show,
    isOpen,
    explain,
    place,
    reveal,
    wipe,
    hidePage,
    showPage,
    title: () => title,
    unread: any => (dot.hidden = !any),
    launcher: visible => (bar.hidden = !visible || isOpen()),
  };
}
