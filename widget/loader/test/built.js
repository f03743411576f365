// What the build would have put in the place of its names; imported before any of the loader's files.

import { readFileSync } from 'node:fs';

const folder = new URL('../../../assets/texts/loader/', import.meta.url);

function words(locale) {
  const lines = readFileSync(new URL(`${locale}.txt`, folder), 'utf8').split('\n');
  const pairs = lines.filter(line => !line.startsWith('#') && line.includes('='));
  return Object.fromEntries(pairs.map(line => line.split(/=(.*)/).map(part => part.trim().replace(/^open\./, ''))));
}

/** All languages, the fallback first. */
export const LANGUAGES = ['en', 'ar', 'es', 'it', 'pt-BR', 'pt-PT'];

globalThis.AMPARO_VERSION = 'source';
globalThis.AMPARO_WORDS = Object.fromEntries(LANGUAGES.map(locale => [locale, words(locale)]));
globalThis.AMPARO_HASHES = {};
globalThis.AMPARO_OPEN_HASH = 'open';
