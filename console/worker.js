// Runs the slow part of signing in (OPAQUE with Argon2) beside the page, with the same program as the page's own.
// `work` in src/worker.rs answers one job at a time; the page ends this worker, and its memory with it, after each sign-in.
import init, { work } from "./console.js";

const ready = init({ module_or_path: new URL("./console.wasm", import.meta.url) });

onmessage = (event) => {
  const answered = ready.then(() => postMessage(work(event.data)));
  // Thrown outside a promise, the page hears of it.
  answered.catch((error) => setTimeout(() => { throw error; }));
};
