// How a value of the tag is checked: what does not fit is `null`.

export const matching = (pattern, text) => (pattern.test(text) ? text : null);
export const short = text => (text ? text.trim().slice(0, 60) : null);
export const phone = text => matching(/\d/, short(text));

export const webAddress = text => {
  try {
    const { href } = new URL(text);
    return matching(/^https?:/, href);
  } catch (_) {
    return null;
  }
};
