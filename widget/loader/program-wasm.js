// The widget as WebAssembly, from bytes that the loader has checked.

import init, { run } from 'glue';

/** Whether this is how a program ends that gives up. */
export const isTrap = error => error instanceof WebAssembly.RuntimeError;
export const open = async bytes => {
  await init({ module_or_path: bytes });
  return run;
};
