// The widget after wasm2js: the same program for browsers without WebAssembly.

import { __wbg_set_wasm, run } from 'glue';
import * as wasm from 'glue-wasm';

export const open = async () => {
  __wbg_set_wasm(wasm);
  return run;
};
