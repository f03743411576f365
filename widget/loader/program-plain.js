// The widget after wasm2js: the same program for browsers without WebAssembly.

import { __wbg_set_wasm, run } from 'glue';
import * as wasm from 'glue-wasm';

/** As in `program-wasm.js`: wasm2js throws 'abort' for a trap. */
export const isTrap = error => !!error && (error.message === 'abort' || /^(Range|Internal)Error$/.test(error.name));
export const open = async () => {
  __wbg_set_wasm(wasm);
  return run;
};
