// The widget as WebAssembly, from bytes that the loader has checked.

import init, { run } from 'glue';

export const open = async bytes => {
  await init({ module_or_path: bytes });
  return run;
};
