// The loader's own few words; everything else is said inside the frame.

import { WORDS } from './built.js';

export const LOCALES = Object.keys(WORDS);
export const words = locale => WORDS[locale];
export const direction = locale => (locale === 'ar' ? 'rtl' : 'ltr');
