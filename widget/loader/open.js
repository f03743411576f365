// The loader's second half, fetched by its hash when the visitor opens the chat: the frame with hash check, the embed
// pass, and the port. It hands its one function to the script that asked for it and leaves nothing behind in the page.
//
// Every message on the port has a closed type `t` and never carries text of the conversation.

import { randomText } from './base64.js';
import { START } from './fault.js';
import { fetchProgram, fetchTexts } from './files.js';
import { openFrame } from './frame-host.js';
import { fetchPass, passMessage } from './pass.js';

/**
 * Opens the widget and resolves once it is ready, with the half of its resume key and the ways to speak to it.
 *
 * `kept` is the half of a conversation that goes on after a page change; `place` takes a frame into the page; `receive`
 * gets what the widget says and the host has to act on. A fault rejects.
 */
async function openWidget(tag, { kept, locale, title, place, receive }) {
  const { relay, site } = tag.start;
  const half = tag.resume ? kept || randomText() : null;
  // A continuing conversation shows its ticket instead of a pass.
  let [program, pass] = await Promise.all([fetchProgram(tag.files, locale), kept ? null : fetchPass(relay, site)]);
  const port = await openFrame(program, tag, locale, title, place);
  const tell = message => port.postMessage(message);
  const sendTexts = async locale =>
    tell({ t: 'texts', locale, text: await fetchTexts(tag.files, locale).catch(() => null) });

  async function sendPass() {
    const ready = pass;
    pass = null;
    tell(await passMessage(ready, relay, site));
  }

  return new Promise((resolve, reject) => {
    port.onmessage = ({ data }) => {
      if (data.t === 'ready') resolve({ half, tell, sendTexts });
      else if (data.t === 'fault') reject(Error(START));
      else if (data.t === 'pass') sendPass();
      else receive(data);
    };
    const { wasm, texts } = program;
    const start = { ...tag.start, hostHalf: half, continuing: !!kept, locale, title, discreet: false };
    port.postMessage({ t: 'start', ...start, wasm, texts: { locale, text: texts } }, wasm ? [wasm] : []);
  });
}

document.currentScript.take(openWidget);
