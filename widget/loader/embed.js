// The one script tag. It runs in the host page and does five things: launcher, exit, frame with hash check, embed pass
// and resume half-key, and a port handed to the frame once. What only an opened chat needs lies in `open.js`.
//
// Never: text of the conversation, cookies, local storage, a request before the visitor opens the chat.

import { OPEN_HASH } from './built.js';
import { codeOf, CONF, CSP, FILE, HTTP, NET, PIN, TIME, TWICE } from './fault.js';
import * as halves from './half.js';
import { drawPanel } from './panel.js';
import { chooseLocale, readTag } from './tag.js';

const PHONE_WIDTH = 480;
const OPEN_TIMEOUT_MILLIS = 60000;

function begin(script) {
  const queue = window.Amparo;
  if (queue && queue.status) return console.warn('Amparo ' + TWICE);

  const tag = readTag(script, [document.documentElement.lang, ...navigator.languages]);
  const { relay } = tag.start;
  let { locale } = tag;
  // One life of the frame, from opening to wiping: its half, whether to keep it, the ways to speak to it, the end token.
  let life = null;
  let state = 'before';
  let leaving = false;
  let forbidden = false;
  let silence;
  let listeners = [];

  const tell = message => life && life.tell && life.tell(message);
  const status = () => ({ open: panel.isOpen(), state });
  const emit = name => listeners.forEach(([event, listener]) => event === name && listener(status()));
  const listen = (target, event, listener) => target.addEventListener(event, listener, true);

  const panel = drawPanel(tag, {
    open: () => open(true),
    close: () => close(true),
    exit: () => exit(),
    fit: height => tell({ t: 'viewport', height }),
  });

  // The static block serves pages without scripts; it comes back where the chat cannot open.
  const showStatic = display =>
    document
      .querySelectorAll('[data-amparo-static]')
      .forEach(block => block.style.setProperty('display', display, 'important'));

  function setOpen(shown, focus) {
    panel.show(shown, focus);
    tell({ t: 'shown', shown });
    emit(shown ? 'open' : 'close');
  }

  function open(focus) {
    panel.unread(false);
    if (!life) load(null);
    setOpen(true, focus);
  }

  function close(focus) {
    setOpen(false, focus);
    if ((life && life.failed) || state === 'ended') discard();
  }

  // The loader's second half. The browser checks its hash, as it does for a pinned loader.
  const fetchOpen = () =>
    new Promise((resolve, reject) => {
      const source = document.createElement('script');
      source.integrity = 'sha256-' + OPEN_HASH;
      source.crossOrigin = 'anonymous';
      source.referrerPolicy = 'no-referrer';
      source.nonce = tag.nonce;
      source.src = tag.files + 'open.js';
      source.take = resolve;
      source.onload = () => source.remove();
      // A script element does not say what went wrong: ask once more.
      source.onerror = () =>
        fetch(source.src, { credentials: 'omit', referrerPolicy: 'no-referrer' }).then(
          answer => reject(Error(answer.ok ? PIN : FILE)),
          () => reject(Error(NET))
        );
      document.head.append(source);
    });

  // Starts the widget. `kept` is the half of a conversation that goes on.
  async function load(kept) {
    const own = (life = { half: kept, keep: kept });
    const living = () => life === own;
    panel.explain();
    setTimeout(() => living() && !own.tell && fail(TIME), OPEN_TIMEOUT_MILLIS);
    try {
      if (tag.faulty) throw Error(CONF);
      if (!window.isSecureContext || !crypto.subtle) throw Error(HTTP);
      const openWidget = await fetchOpen();
      const host = {
        kept,
        locale,
        title: panel.title(),
        place: frame => living() && panel.place(frame),
        receive: message => living() && receivers[message.t] && receivers[message.t](message),
      };
      Object.assign(own, await openWidget(tag, host));
      if (!living()) return;
      panel.reveal();
      showStatic('none');
      tell({ t: 'shown', shown: panel.isOpen() });
    } catch (error) {
      // The report of a forbidden request arrives as an event of its own.
      await new Promise(resolve => setTimeout(resolve));
      if (living()) fail(forbidden ? CSP : codeOf(error));
    }
  }

  function fail(code) {
    life = { failed: true };
    panel.wipe();
    panel.explain(code);
    showStatic('');
    console.error('Amparo ' + code);
  }

  // What the frame says. Anything unknown is left alone.
  const receivers = {
    texts: message => setLocale(message.locale),
    endtoken: message => (life.endToken = message.token),
    half: message => (life.keep = message.keep),
    close: () => close(true),
    exit: () => exit(),
    unread: message => panel.unread(message.n && !panel.isOpen()),
    state: message => {
      state = message.s;
      emit('status');
    },
  };

  function setLocale(wanted) {
    locale = chooseLocale([wanted]);
    panel.speak(locale);
    if (life && life.sendTexts) life.sendTexts(locale);
  }

  // The frame and all that is in it are gone when this returns; the relay is told that the conversation is over.
  function discard(tokenOfEnd) {
    tell({ t: 'erase' });
    panel.wipe();
    life = null;
    state = 'before';
    // The relay notices by itself when the half expires, should a browser refuse to send this.
    if (tokenOfEnd) navigator.sendBeacon(relay + '/api/end', tokenOfEnd);
  }

  function end() {
    halves.forget();
    discard(life && life.endToken);
    panel.showPage();
  }

  // Order matters: forget, cover, wipe, tell the relay, leave. Nothing is awaited.
  function exit() {
    leaving = true;
    halves.forget();
    panel.hidePage();
    // Neither the relay nor the next address must learn from the browser where she was.
    silence = document.createElement('meta');
    silence.name = 'referrer';
    silence.content = 'no-referrer';
    document.head.append(silence);
    try {
      discard(life && life.endToken);
    } finally {
      // A host page that asks "really leave?" must not hold her back.
      listen(window, 'beforeunload', event => leaving && event.stopImmediatePropagation());
      location.replace(tag.exitUrl);
    }
  }

  const keepHalf = () => life && life.keep && life.half && !leaving && halves.store(life.half);

  window.Amparo = {
    open: () => open(),
    close: () => close(),
    toggle: () => (panel.isOpen() ? close() : open()),
    show: () => panel.launcher(true),
    hide: () => panel.launcher(false),
    setLocale,
    exit,
    end,
    status,
    on: (...entry) => listeners.push(entry),
    off: (event, listener) => (listeners = listeners.filter(each => each[0] !== event || each[1] !== listener)),
    // The queue's form, `Amparo.push(['open'])`, works before and after the loader has come.
    push: (...calls) => calls.forEach(([name, ...values]) => window.Amparo[name](...values)),
  };

  const half = halves.take(window);
  showStatic('none');
  listen(document, 'DOMContentLoaded', () => showStatic('none'));
  listen(document, 'click', event => {
    const pressed = name => event.target.closest && event.target.closest(`[data-amparo-${name}]`);
    const act = pressed('exit') ? exit : pressed('open') && open;
    if (act) {
      event.preventDefault();
      act(true);
    }
  });
  listen(document, 'visibilitychange', () => (document.hidden ? keepHalf() : halves.forget()));
  listen(document, 'securitypolicyviolation', ({ blockedURI }) => {
    forbidden = forbidden || blockedURI.startsWith(relay);
  });
  // Chrome shows a page from its memory before the page that is left has written its half.
  listen(window, 'storage', () => document.hidden || halves.forget());
  listen(window, 'pagehide', () => {
    keepHalf();
    tell({ t: 'leaving' });
  });
  // Back brought this page from the browser's memory: nothing of a chat may show, and Back ends the conversation.
  listen(window, 'pageshow', event => {
    if (!event.persisted) return;
    leaving = false;
    if (silence) silence.remove();
    end();
  });
  if (half && tag.resume) {
    // On a phone the panel would cover the page she went to; the frame keeps her place behind the launcher.
    panel.show(innerWidth > PHONE_WIDTH);
    load(half);
  }
  if (Array.isArray(queue)) window.Amparo.push(...queue);
  emit('ready');
}

const script = document.currentScript;
// A page that is only being prepared has no visitor yet; the half must wait for her.
if (document.prerendering) document.addEventListener('prerenderingchange', () => begin(script), { once: true });
else begin(script);
