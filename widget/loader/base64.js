// Bytes as text.

export const toBase64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** Thirty-two random bytes in base64url without padding. */
export const randomText = () =>
  toBase64(crypto.getRandomValues(new Uint8Array(32)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .slice(0, 43);
