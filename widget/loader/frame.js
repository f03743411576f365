// Boot of the frame's document. Says hello to its parent once, takes the one port it is answered with, and starts the
// widget on it. `program` is the WebAssembly or the JavaScript form of the same widget; the build decides.

import { isTrap, open } from 'program';

addEventListener('message', function takePort(event) {
  if (event.source !== parent || !event.data || event.data.t !== 'port') return;
  removeEventListener('message', takePort);
  const [port] = event.ports;
  port.onmessage = async ({ data }) => {
    if (data.t !== 'start') return;
    port.onmessage = null;
    // A program that failed on the way does not say so itself. What it has left behind may fail once more.
    let isTold = false;
    const fault = () => isTold || (isTold = !port.postMessage({ t: 'fault' }));
    const heard = ({ error, reason }) => isTrap(error || reason) && fault();
    addEventListener('error', heard);
    addEventListener('unhandledrejection', heard);
    try {
      const run = await open(data.wasm);
      run(port, data);
    } catch (_) {
      fault();
    }
  };
});
// The parent's origin is unknown here; the greeting says nothing that others may not hear.
parent.postMessage({ t: 'hello' }, '*');
