// Starts the console: its content policy allows no inline script.
import init from './console.js';

// One that fails at once would be loaded over and over.
const LOADED_ANEW_AFTER_MILLIS = 10000;

// A program that failed on the way does not say so itself. Loaded anew, it asks for the password alone and takes the
// conversations up; nobody is asked whether to leave what does not work any more.
let isFailed = false;
const heard = ({ error, reason }) => {
  if (isFailed || !/^(Runtime|Range|Internal)Error$/.test((error || reason || {}).name)) return;
  isFailed = true;
  addEventListener('beforeunload', event => event.stopImmediatePropagation(), { capture: true });
  setTimeout(() => location.reload(), LOADED_ANEW_AFTER_MILLIS - performance.now());
};
addEventListener('error', heard);
addEventListener('unhandledrejection', heard);

init({ module_or_path: './console.wasm' });
