// The settings page: asks the website to check the relay or to pin its version, and hides what does not apply. Without
// this script every field is there and saving works.

const form = document.querySelector('.amparo-form');

if (form) {
  const findings = form.querySelector('[data-amparo-findings]');
  const field = name => form.elements[`amparo_settings[${name}]`];

  const ask = async action => {
    const body = new FormData(form);
    body.set('action', `amparo_${action}`);
    const answer = await fetch(window.ajaxurl, { method: 'POST', body, credentials: 'same-origin' });
    return answer.json();
  };

  const say = lines => {
    const list = document.createElement('ul');
    for (const { state, sentence } of lines) {
      const line = document.createElement('li');
      line.className = `amparo-finding amparo-finding--${state}`;
      line.dataset.state = state;
      line.textContent = sentence;
      list.append(line);
    }
    findings.replaceChildren(list);
  };

  // Only one answer counts: the one to what was asked last.
  let asked = 0;
  const answered = async (action, act) => {
    const own = ++asked;
    say([{ state: 'waiting', sentence: findings.dataset.waiting }]);
    const answer = await ask(action).catch(() => null);
    if (own !== asked) return;
    if (!answer || !answer.data) say([{ state: 'bad', sentence: findings.dataset.failed }]);
    else act(answer);
  };
  const check = () => answered('check', answer => say(answer.data));
  const pin = () =>
    answered('pin', answer => {
      if (!answer.success) return say(answer.data);
      field('version').value = answer.data.version;
      field('integrity').value = answer.data.integrity;
      check();
    });

  form.querySelector('[data-amparo-check]').onclick = check;
  form.querySelector('[data-amparo-pin]').onclick = pin;
  if (findings.dataset.amparoFindings === 'now') check();

  const show = (row, shown) => (form.querySelector(`[data-row="${row}"]`).hidden = !shown);
  const tidy = () => {
    const chosen = field('show').value === 'chosen';
    show('pages', chosen);
    show('patterns', chosen);
    const fromRelay = field('source').value !== 'site';
    show('version', fromRelay);
    show('integrity', fromRelay);
    form.querySelector('[data-amparo-pin]').hidden = !fromRelay;
  };
  form.addEventListener('change', tidy);
  tidy();
}
