// Starts the console: its content policy allows no inline script.
import init from './console.js';

// One that fails at once would be loaded over and over.
const LOADED_ANEW_AFTER_MILLIS = 10000;

// A program that failed on the way stands still for good and says nothing of it. Loaded anew, it asks for the password
// alone and takes the conversations up.
const heard = ({ error, reason }) => {
  const isTrap = (error || reason) instanceof WebAssembly.RuntimeError;
  if (isTrap && performance.now() > LOADED_ANEW_AFTER_MILLIS) location.reload();
};
addEventListener('error', heard);
addEventListener('unhandledrejection', heard);

init({ module_or_path: './console.wasm' });
