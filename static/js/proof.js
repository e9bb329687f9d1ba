// The proof of work of a form, done while the person reads (pledges/proof.py says why, pledges/guard.py what it brings).
// Where it cannot be done the field stays empty, and the form is sent as from a browser without scripts.
"use strict";
(() => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const MOST_TRIES = 10000;

  async function solve(challenge) {
    const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
    const start = bytes(nonce);
    const password = new Uint8Array(start.length + 4);
    password.set(start);
    const method = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    for (let counter = 0; counter < MOST_TRIES; counter += 1) {
      new DataView(password.buffer).setUint32(start.length, counter);
      // The browser computes in a thread of its own: the page stays free between two tries.
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const derivedKey = hex(await crypto.subtle.deriveBits(method, key, keyLength * 8));
      if (derivedKey.startsWith(keyPrefix)) return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
    return "";
  }

  for (const field of document.querySelectorAll("[data-challenge]")) {
    if (!window.crypto?.subtle) break; // an old browser, or a page without HTTPS
    solve(JSON.parse(field.dataset.challenge)).then((proof) => { field.value = proof; }, () => {});
  }
})();
