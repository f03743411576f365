// Shift three times leaves. The loader owns the one count for host page and frame; the frame tells of its own presses.
//
// A press counts when Shift is let go and nothing else was pressed meanwhile: neither a capital letter nor a layout
// switch with Alt, Ctrl or Meta. It never remembers which other key it was.

const ENOUGH = 3;
const EXPIRES_MILLIS = 5000;

let count = 0;
let alone = false;
let timer;

export function reset() {
  clearTimeout(timer);
  count = 0;
}

/** A press that counts: the third one leaves; `tell` hears the number so far, or 0 when time has run out. */
export function press(leave, tell) {
  const pressed = count + 1;
  reset();
  if (pressed === ENOUGH) return leave();
  count = pressed;
  timer = setTimeout(() => {
    count = 0;
    tell(0);
  }, EXPIRES_MILLIS);
  tell(count);
}

export function keyDown({ key, altKey, ctrlKey, metaKey, repeat }) {
  if (key === 'Shift' && !altKey && !ctrlKey && !metaKey) alone = alone || !repeat;
  else {
    alone = false;
    reset();
  }
}

/** Whether a press that counts has just ended. */
export function keyUp({ key }) {
  const counts = key === 'Shift' && alone;
  if (counts) alone = false;
  return counts;
}
