// What the build knows and puts in the place of these names: the version, the loader's own words and the SHA-256 (base64)
// of every file that is ever run or shown.

/* global AMPARO_VERSION, AMPARO_WORDS, AMPARO_HASHES, AMPARO_OPEN_HASH */
export const VERSION = AMPARO_VERSION;
/** From `assets/texts/loader`, of which each script gets what it says, by language: those that the widget speaks, and what
 * it falls back to comes first. */
export const WORDS = AMPARO_WORDS;
/** By file name; only the scripts that fetch files know them. */
export const HASHES = AMPARO_HASHES;
/** Of `open.js`, the loader's second half; only `embed.js` knows it. */
export const OPEN_HASH = AMPARO_OPEN_HASH;
