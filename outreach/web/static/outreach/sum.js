// Does the sum that a sign-up form asks for: a number that, behind the challenge, gives a SHA-256 which begins
// with so many zero bits. It works while somebody types; who is faster sees the button wait for a moment.
// Without this script the form works too. The hash is our own, because browsers have theirs on https only.
(() => {
  "use strict";
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const part = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
  const START = primes.slice(0, 8).map((p) => part(Math.sqrt(p)));
  const ROUNDS = Int32Array.from(primes, (p) => part(Math.cbrt(p)));
  const words = new Int32Array(64);

  function block(state, bytes, from) {
    for (let i = 0; i < 16; i++, from += 4) {
      words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
    }
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15], b = words[i - 2];
      const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
      const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
      words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return [a, b, c, d, e, f, g, h].map((value, i) => (value + state[i]) | 0);
  }

  function padded(text) {
    const said = new TextEncoder().encode(text);
    const bytes = new Uint8Array(((said.length + 8) >> 6) * 64 + 64);
    bytes.set(said);
    bytes[said.length] = 128;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, said.length * 8);
    return bytes;
  }

  function fits(text, bits) {
    const bytes = padded(text);
    let state = START;
    for (let from = 0; from < bytes.length; from += 64) state = block(state, bytes, from);
    return state[0] >>> (32 - bits) === 0;
  }

  function solve(challenge, bits) {
    let number = 0;
    return new Promise((resolve) => {
      (function some() {
        // Some at a time, so that the page never stands still.
        for (const end = performance.now() + 12; performance.now() < end; ) {
          for (let n = 0; n < 50; n++, number++) {
            if (fits(`${challenge}:${number}`, bits)) return resolve(String(number));
          }
        }
        setTimeout(some, 4);
      })();
    });
  }

  function field(form, name, value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }

  for (const form of document.querySelectorAll("form[data-challenge]")) {
    let answer, pressed, done = false;
    const { challenge, bits, busy } = form.dataset;
    const begin = () => {
      answer ??= solve(challenge, Number(bits)).then((solution) => {
        field(form, "challenge", challenge);
        field(form, "solution", solution);
        done = true;
      });
      return answer;
    };
    form.addEventListener("input", begin);
    form.addEventListener("submit", (event) => {
      if (done) return;
      event.preventDefault();
      if (pressed) return;
      pressed = true;
      const button = event.submitter, words = button && button.textContent;
      if (button) {
        button.setAttribute("aria-disabled", "true");
        button.textContent = busy;
      }
      begin().then(() => {
        if (button) {
          button.removeAttribute("aria-disabled");
          button.textContent = words;
        }
        form.requestSubmit(button);
      });
    });
  }
})();
