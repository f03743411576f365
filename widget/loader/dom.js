// Elements, made without a string of HTML: nothing that a page says is ever parsed, and Trusted Types has nothing to ask.

/** The name styles an element and is what tests find it by. */
export function element(kind, called, attributes, ...children) {
  const node = document.createElement(kind);
  const all = { class: called, 'data-test': called, ...attributes };
  for (const key in all) node.setAttribute(key, all[key]);
  node.append(...children);
  return node;
}

/** `null` where it cannot be done. */
export const attempt = step => {
  try {
    return step();
  } catch (_) {
    return null;
  }
};

/** A press does this instead of what the browser would do. A property, because pages replace `addEventListener`. */
export const act = (node, action) => {
  node.onclick = event => {
    event.preventDefault();
    action();
  };
  return node;
};

/** Hears an event before the page does; a page whose `addEventListener` is broken costs only this one. */
export const listen = (target, event, listener) => attempt(() => target.addEventListener(event, listener, true));
