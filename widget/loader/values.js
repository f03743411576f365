// How a value of the tag is checked: what does not fit is `null`.

import { attempt } from './dom.js';

export const matching = (pattern, text) => (pattern.test(text) ? text : null);
export const short = text => (text ? text.trim().slice(0, 60) : null);
export const phone = text => matching(/\d/, short(text));

export const webAddress = text => attempt(() => matching(/^https?:/, new URL(text).href));
