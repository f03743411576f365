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
    const fault = () => port.postMessage({ t: 'fault' });
    // A program that failed on the way stands still for good, and says nothing of it.
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
