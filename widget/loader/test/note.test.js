// What stands in the panel while the chat is not there (requirements 33, 102 and 103), in every language.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LANGUAGES } from './built.js';

class Node {
  constructor(kind) {
    Object.assign(this, { kind, attributes: {}, children: [] });
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...children) {
    this.children.push(...children.filter(child => child !== ''));
  }
  set textContent(text) {
    this.children = text ? [text] : [];
  }
  get textContent() {
    return this.children.map(child => child.textContent ?? child).join('');
  }
  all(kind) {
    return this.children.flatMap(child => (child instanceof Node ? [...(child.kind === kind ? [child] : []), ...child.all(kind)] : []));
  }
}
globalThis.document = { createElement: kind => new Node(kind) };

const { doors } = await import('../doors.js');
const { explain } = await import('../note.js');
const { words } = await import('../words.js');

const START = { relay: 'https://relay.example', site: 'AAAAAAAAAAAAAAAA', phone: '016', emergency: '112', whatsapp: '34600111222' };

const note = (locale, code, start = START) => {
  const drawn = new Node('div');
  explain(drawn, words(locale), start, code, doors(words(locale), start), () => {});
  return drawn;
};

test('phone numbers, the other doors and the code stand there in every language', () => {
  for (const locale of LANGUAGES) {
    const said = note(locale, 'E-CSP').textContent;
    for (const part of ['112', '016', 'E-CSP', words(locale).fault, words(locale).trace, words(locale).tab]) {
      assert.ok(part && said.includes(part), `${locale}: ${part} in ${said}`);
    }
    assert.ok(!said.includes('undefined'), `${locale}: ${said}`);
  }
});

test('the warning is read before the way to WhatsApp, which says nothing about her', () => {
  for (const locale of LANGUAGES) {
    const { seen, stays, whatsapp } = words(locale);
    const said = note(locale).textContent;
    assert.ok(said.indexOf(seen) >= 0 && said.indexOf(seen) < said.indexOf(whatsapp), locale);
    assert.ok(said.indexOf(stays) >= 0 && said.indexOf(stays) < said.indexOf(whatsapp), locale);
    const link = note(locale).all('a').find(link => link.attributes['data-test'] === 'whatsapp');
    assert.equal(link.attributes.href, 'https://wa.me/34600111222');
    assert.equal(link.attributes.rel, 'noopener noreferrer');
  }
});

test('what the tag does not give is not offered', () => {
  const bare = { relay: 'https://relay.example', site: 'AAAAAAAAAAAAAAAA', phone: null, emergency: null, whatsapp: null };
  const links = note('en', 'E-NET', bare).all('a').map(link => link.attributes.href);
  assert.deepEqual(links, ['https://relay.example/chat?site=AAAAAAAAAAAAAAAA']);
});
