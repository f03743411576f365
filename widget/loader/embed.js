// The one script tag. It runs in the host page and does five things: launcher, exit, frame with hash check, embed pass
// and resume half-key, and a port handed to the frame once. This file puts the parts together.
//
// Never: text of the conversation, cookies, local storage, a request before the visitor opens the chat.

import { listen } from './dom.js';
import { TWICE } from './fault.js';
import * as halves from './half.js';
import { isThere } from './layer.js';
import { leave } from './leave.js';
import * as lives from './life.js';
import * as panel from './panel.js';
import { fetchOpen } from './part.js';
import * as shift from './shift.js';
import { chooseLocale, readTag } from './tag.js';

const PHONE_WIDTH = 480;

function begin(script) {
  const queue = window.Amparo;
  // One whose page was written anew is gone, and says so.
  if (queue && queue.status && queue.status()) return console.warn('Amparo ' + TWICE);

  const tag = readTag(script, [document.documentElement.lang, ...navigator.languages]);
  let { locale } = tag;
  let state = 'before';
  let leaving = false;
  let listeners = [];

  const status = () => (isThere() ? { open: panel.isOpen(), state } : null);
  const emit = name => listeners.forEach(([event, listener]) => event === name && listener(status()));

  // The static block serves pages without scripts; it comes back where the chat cannot open.
  const hideStatic = hidden =>
    document
      .querySelectorAll('[data-amparo-static]')
      .forEach(block => block.style.setProperty('display', hidden ? 'none' : '', 'important'));

  function setOpen(shown, focus) {
    panel.show(shown, focus);
    lives.tell({ t: 'shown', shown });
    emit(shown ? 'open' : 'close');
  }

  const load = kept => lives.load(tag, kept, locale, receivers, hideStatic);

  function open(focus) {
    panel.showUnread(false);
    if (!lives.life || lives.life.failed) load(lives.half());
    setOpen(true, focus);
  }

  function close(focus) {
    setOpen(false, focus);
    // Said once more: the line may have been down when it was pressed.
    if ((lives.life && lives.life.failed && !lives.half()) || state === 'ended') end();
  }

  /** Answers which language it is now. */
  function speak(wanted) {
    locale = chooseLocale([wanted]);
    panel.speak(locale);
    return locale;
  }

  function discard() {
    lives.wipe();
    state = 'before';
  }

  /** The conversation is over; the page stays. */
  function end() {
    halves.forget();
    lives.ask('end');
    discard();
    panel.show(false);
  }

  function exit() {
    leaving = true;
    const own = lives.life;
    leave(
      tag.exitUrl(locale),
      panel.loading(),
      [halves.forget, () => panel.hide(true), lives.wipe],
      () => own.end()
    );
  }

  const press = () => shift.press(exit, panel.showCount);

  // What the frame says and the page has to act on, by the name of the message; and what `open.js` does with the panel.
  const receivers = {
    offer: panel.offer,
    place: panel.place,
    reveal: () => {
      panel.reveal();
      lives.tell({ t: 'shown', shown: panel.isOpen() });
    },
    speak,
    close: () => close(true),
    exit,
    shift: press,
    'shift-reset': shift.reset,
    unread: ({ n }) => panel.showUnread(n && !panel.isOpen()),
    state: ({ s }) => {
      state = s;
      emit('status');
    },
  };

  panel.draw(tag, {
    open: () => open(true),
    close: () => close(true),
    exit,
    fit: height => lives.tell({ t: 'viewport', height }),
    // The page threw the frame out; what can go on goes on.
    lost: () => lives.life && load(lives.half()),
  });

  const keepHalf = () => lives.half() && !leaving && halves.store(lives.half());
  const isExitOffered = () => tag.exitOnPage || lives.life;

  listen(window, 'keydown', event => isExitOffered() && shift.keyDown(event));
  listen(window, 'keyup', event => isExitOffered() && shift.keyUp(event) && press());
  listen(window, 'click', event => {
    const pressed = name => event.target.closest && event.target.closest(`[data-amparo-${name}]`);
    const act = pressed('exit') ? exit : pressed('open') && open;
    if (act) {
      event.preventDefault();
      act(true);
    }
  });
  listen(document, 'visibilitychange', () => (document.hidden ? keepHalf() : halves.forget()));
  // Chrome shows a page from its memory before the page that is left has written its half.
  listen(window, 'storage', () => document.hidden || halves.forget());
  listen(window, 'pagehide', () => {
    // Where nothing is kept, nothing goes on.
    if (!keepHalf()) lives.ask('end');
    lives.tell({ t: 'leaving' });
    panel.hide(true);
  });
  // Back brought this page from the browser's memory: nothing of a chat may show, and Back ends the conversation.
  listen(window, 'pageshow', event => {
    if (!event.persisted) return;
    end();
    panel.hide(false);
  });
  listen(document, 'DOMContentLoaded', () => hideStatic(true));
  lives.watchPolicy(tag);
  hideStatic(true);

  const kept = halves.take(window);
  if (kept && tag.resume) {
    // On a phone the panel would cover the page she went to; the frame keeps her place behind the launcher.
    panel.show(innerWidth > PHONE_WIDTH);
    load(kept);
  }
  // Where the site asks whether somebody is free. Without an answer nothing is said.
  if (tag.availability)
    fetchOpen(tag).then(
      ({ followAvailability }) => followAvailability(tag, () => locale, panel.showFree),
      () => {}
    );

  const amparo = (window.Amparo = {
    open: () => open(),
    close: () => close(),
    toggle: () => (panel.isOpen() ? close() : open()),
    show: () => panel.showLauncher(true),
    hide: () => panel.showLauncher(false),
    setLocale: wanted => lives.ask('sendTexts', speak(wanted)),
    exit,
    end,
    status,
    on: (...entry) => listeners.push(entry),
    off: (event, listener) => (listeners = listeners.filter(each => each[0] !== event || each[1] !== listener)),
    // The queue's form, `Amparo.push(['open'])`, works before and after the loader has come.
    push: (...calls) => calls.forEach(([name, ...values]) => amparo[name](...values)),
  });
  if (Array.isArray(queue)) amparo.push(...queue);
  emit('ready');
}

const script = document.currentScript;
// A page that is only being prepared has no visitor yet; the half must wait for her.
if (document.prerendering) document.addEventListener('prerenderingchange', () => begin(script), { once: true });
else begin(script);
