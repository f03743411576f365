// The exit on pages without the chat; with the chat the loader does this. The link works by itself. This makes it leave
// at once and without a way back: the page is hidden before anything is loaded, and its place in the history is taken.

const setHidden = hidden => document.documentElement.style.setProperty('visibility', hidden ? 'hidden' : '');

document.addEventListener(
  'click',
  event => {
    const link = event.target.closest && event.target.closest('a[data-amparo-exit]');
    if (!link) return;
    event.preventDefault();
    setHidden(true);
    // The next address must not learn from the browser where she was.
    const silence = document.createElement('meta');
    silence.name = 'referrer';
    silence.content = 'no-referrer';
    document.head.append(silence);
    location.replace(link.href);
  },
  true
);

// The browser may bring the page back from its memory as it was left.
addEventListener('pageshow', event => event.persisted && setHidden(false));
