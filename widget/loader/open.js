// The loader's second half, fetched by its hash when the visitor opens the chat: the frame with hash check, the embed
// pass, and the port. It hands its functions to the script that asked for it and leaves nothing behind in the page.
//
// Every message on the port has a closed type `t` and never carries text of the conversation.

import { followAvailability } from './availability.js';
import { randomText } from './base64.js';
import { doors } from './doors.js';
import { CONF, HTTP, START } from './fault.js';
import { fetchProgram, textsMessage } from './files.js';
import { openFrame } from './frame-host.js';
import { fetchPass, passMessage } from './pass.js';
import { readStart } from './start.js';
import { words } from './words.js';

/**
 * Opens the widget and resolves once it is shown; a fault rejects. `life` comes with the half (`half`) of a conversation
 * that goes on, and gets the ways to speak to the frame; `receivers` do what the host page has to do; `wasm`: what comes
 * already, or `null`.
 */
async function openWidget(tag, life, locale, receivers, isLiving, wasm) {
  const start = readStart(tag.script);
  if (!start) throw Error(CONF);
  receivers.offer(doors(words(locale), start));
  if (!window.isSecureContext || !crypto.subtle) throw Error(HTTP);
  const { relay, site } = start;
  const continuing = !!life.half;
  if (tag.resume && !continuing) life.half = randomText();
  // A continuing conversation shows its ticket instead of a pass.
  let [program, pass] = await Promise.all([
    fetchProgram(tag.files, locale, wasm),
    continuing ? null : fetchPass(relay, site),
  ]);
  if (!isLiving()) return;
  const title = tag.title || words(locale).title;
  const port = await openFrame(program, tag, relay, locale, title, frame => isLiving() && receivers.place(frame));
  const tell = (message, given) => port.postMessage(message, given ? [given] : []);
  const sendTexts = async (locale, simple) => tell(await textsMessage(tag.files, locale, simple));

  async function sendPass() {
    const ready = pass;
    pass = null;
    tell(await passMessage(ready, relay, site));
  }

  // The rest of what the frame says; anything unknown is left alone.
  const own = {
    pass: sendPass,
    texts: ({ locale }) => sendTexts(receivers.speak(locale.replace('-simple', '')), /-simple$/.test(locale)),
    half: ({ keep }) => (life.keep = keep),
    // The relay notices a page that is gone by itself, only later, should a browser refuse to send this.
    endtoken: ({ token }) => (life.end = () => navigator.sendBeacon(relay + '/api/end', token)),
  };
  await new Promise((resolve, reject) => {
    port.onmessage = ({ data }) => {
      if (!isLiving()) return;
      if (data.t === 'ready') resolve();
      else if (data.t === 'fault') {
        // Once it is shown nobody waits for the promise any more.
        reject(Error(START));
        if (life.tell) life.fail(START);
      }
      else {
        const receive = own[data.t] || receivers[data.t];
        if (receive) receive(data);
      }
    };
    const { wasm: module, texts } = program;
    const hostHalf = life.half || null;
    tell({ t: 'start', ...start, hostHalf, continuing, locale, title, wasm: module, texts: { locale, text: texts } }, module);
  });
  Object.assign(life, { tell, sendTexts });
  receivers.reveal();
}

document.currentScript.take({ openWidget, followAvailability });
