// The widget after wasm2js: the same program for browsers without WebAssembly.

import { __wbg_set_wasm, run } from 'glue';
import * as wasm from 'glue-wasm';

/** Whether this is how a program ends that gives up: wasm2js throws this for WebAssembly's `unreachable`. */
export const isTrap = error => !!error && error.message === 'abort';
export const open = async () => {
  __wbg_set_wasm(wasm);
  return run;
};
