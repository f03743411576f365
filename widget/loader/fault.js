// Why the chat cannot open, as a short code that a webmaster can read out. The visitor sees phone numbers and the code.
// A fault is an `Error` whose message is its code.

export const CONF = 'E-CONF'; // the tag is faulty
export const HTTP = 'E-HTTP'; // the host page is not on https
export const NET = 'E-NET'; // the relay cannot be reached
export const FILE = 'E-FILE'; // the relay answers but lacks the file
export const PIN = 'E-PIN'; // a file is not the one this loader was built with
export const CSP = 'E-CSP'; // the host page's content policy forbids what the chat needs
export const TIME = 'E-TIME'; // it took too long
export const START = 'E-START'; // the program refused to start, or failed on the way
export const SITE = 'E-SITE'; // the relay does not know the site key
export const ORIGIN = 'E-ORIGIN'; // the relay does not allow this website
export const TWICE = 'E-TWICE'; // a second tag in the same page

/** The fault's code; whatever else was thrown was thrown by the browser because the page forbids something. */
export const codeOf = error => (/^E-/.test(error.message) ? error.message : CSP);
