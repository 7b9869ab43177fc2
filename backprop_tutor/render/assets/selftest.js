"use strict";
// Says whether a typed answer is right. The rule comes with the page, as data: see selftest.py.
(() => {
  const inputs = [...document.querySelectorAll("input[data-right]")];
  const NUMBER = /^([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d{1,3}))?$/i;
  const abs = (n) => (n < 0n ? -n : n);
  const power = (n) => 10n ** BigInt(n);

  // What tells the right answers; sealed, so that nobody reads them by chance.
  function opened({ right, salt, name }) {
    const data = Uint8Array.from(atob(right), (letter) => letter.charCodeAt(0));
    const block = (n) => sha256(`${salt}|${name}|${n}`).match(/../g).map((pair) => parseInt(pair, 16));
    const key = Array.from({ length: Math.floor(data.length / 32) + 1 }, (_, n) => block(n)).flat();
    return JSON.parse(new TextDecoder().decode(data.map((byte, place) => byte ^ key[place])));
  }

  // A decimal as [digits, places]: -0.0250 is [-25, 3]; null for what is none.
  function decimal(text) {
    const found = text.match(NUMBER);
    if (!found) return null;
    const [whole, after = ""] = found[2].split(".");
    return plain(BigInt(found[1].replace("+", "") + whole + after || 0), after.length - Number(found[3] || 0));
  }

  // Without zeros at the end.
  function plain(digits, places) {
    if (digits === 0n) return [0n, 0];
    while (digits % 10n === 0n) [digits, places] = [digits / 10n, places - 1];
    return [digits, places];
  }

  // To so many places.
  function rounded([digits, places], most) {
    if (places <= most) return [digits, places];
    const unit = power(places - most);
    const up = 2n * abs(digits % unit) >= unit ? 1n : 0n;
    return [(abs(digits) / unit + up) * (digits < 0n ? -1n : 1n), most];
  }

  // The ratio of two decimals in lowest terms, as [over, under]; null for one with a 0 below.
  function ratio([a, p], [b, q]) {
    let [over, under] = [a * power(Math.max(q - p, 0)), b * power(Math.max(p - q, 0))];
    if (under === 0n) return null;
    let [x, y] = [abs(over), abs(under)];
    while (y) [x, y] = [y, x % y];
    if (under < 0n) x = -x;
    return [over / x, under / x];
  }

  // What was typed: a decimal, or a ratio; null if it is no number, a text that says why.
  function read(text) {
    const ascii = (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
    const typed = text.trim().replace(/[\uff01-\uff5e]/g, ascii).replace(/[\u2212\u2013]/g, "-");
    const comma = typed.match(/^([+-]?\d+),(\d+)$/);
    if (comma) return `Write ${comma[1]}.${comma[2]}, with a point.`;
    const parts = typed.length > 60 ? [null] : typed.split("/").map((part) => decimal(part.trim()));
    if (parts.length > 2 || parts.includes(null)) return null;
    if (parts.length === 1) return { decimal: parts[0] };
    const found = ratio(...parts);
    return found && { ratio: found };
  }

  function isRight(input, answer) {
    const { exact, places, right } = opened(input.dataset);
    const last = places + right.length - 1;
    if (answer.ratio) {
      const [over, under] = answer.ratio;
      if (exact !== null) return exact === (under === 1n ? `${over}` : `${over}/${under}`);
      answer = { decimal: [over * power(last + 2) / under, last + 2] };
    }
    const [digits, at] = rounded(answer.decimal, last);
    const bounds = right[Math.max(at, places) - places];
    const units = digits * power(Math.max(at, places) - at);
    return bounds !== null && BigInt(bounds[0]) <= units && units <= BigInt(bounds[1]);
  }

  function check(input) {
    const item = input.closest("td");
    const verdict = item.querySelector(".verdict");
    const answer = read(input.value);
    delete item.dataset.verdict;
    if (!input.value.trim()) {
      verdict.textContent = "";
    } else if (answer === null || typeof answer === "string") {
      verdict.textContent = answer || "Not a number. Write -1, 0.25, 1e-3 or -1/4.";
    } else {
      const right = isRight(input, answer);
      item.dataset.verdict = right ? "right" : "wrong";
      verdict.textContent = right ? "✓ right" : "✗ wrong";
    }
    const label = document.querySelector(`.picture [data-q="${CSS.escape(input.dataset.name)}"]`);
    if (label) label.textContent = item.dataset.verdict === "right" ? input.value.trim() : "?";
    const count = document.querySelectorAll('[data-verdict="right"]').length;
    document.querySelector(".score").textContent = `${count} of ${inputs.length} right`;
  }

  inputs.forEach((input, place) => {
    input.addEventListener("change", () => check(input));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      check(input);
      const next = inputs[place + 1];
      if (next && next.offsetParent && input.closest("td").dataset.verdict === "right") next.focus();
    });
  });
})();
