// Starts the console: its content policy allows no inline script.
import init from './console.js';

init({ module_or_path: './console.wasm' });
