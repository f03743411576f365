// What the build knows: the version, the languages and the SHA-256 (base64) of every file that is ever run or shown.
// The build replaces the names; run from source, nothing is known and every file is refused.

/* global AMPARO_VERSION, AMPARO_LOCALES, AMPARO_HASHES, AMPARO_OPEN_HASH */
export const VERSION = typeof AMPARO_VERSION === 'undefined' ? 'source' : AMPARO_VERSION;
/** What the widget speaks; what it falls back to comes first. */
export const LOCALES = typeof AMPARO_LOCALES === 'undefined' ? ['en', 'ar'] : AMPARO_LOCALES;
/** By file name; only the scripts that fetch files know them. */
export const HASHES = typeof AMPARO_HASHES === 'undefined' ? {} : AMPARO_HASHES;
/** Of `open.js`, the loader's second half. */
export const OPEN_HASH = typeof AMPARO_OPEN_HASH === 'undefined' ? '' : AMPARO_OPEN_HASH;
