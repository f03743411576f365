// The widget as WebAssembly, from bytes that the loader has checked.

import init, { run } from 'glue';

/** Whether this is how a program ends that gives up: a trap, or a stack that ran over (Firefox: `InternalError`). */
export const isTrap = error => /^(Runtime|Range|Internal)Error$/.test(error && error.name);
export const open = async bytes => {
  await init({ module_or_path: bytes });
  return run;
};
