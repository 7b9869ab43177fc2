"use strict";
// Says whether a typed answer is right, by its hash: the page does not hold the answers.
(() => {
  const inputs = [...document.querySelectorAll("input[data-right]")];
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const [LEAST, MOST] = [3, 12]; // significant digits that are compared

  // A decimal as its digits and an exponent: -0.0250 is -250e-2, which keeps the zero that was written.
  function digits(text) {
    const [mantissa, power] = text.toLowerCase().replace(/^[+-]/, "").split("e");
    const [whole, places = ""] = mantissa.split(".");
    const shown = (whole + places).replace(/^0+/, "");
    if (!shown) return "0";
    const exponent = shown.length - places.length - 1 + Number(power || 0);
    const value = `${text.startsWith("-") ? "-" : ""}${shown}e${exponent - shown.length + 1}`;
    const [rounded, at] = Number(value).toExponential(MOST - 1).split("e");
    if (shown.length > MOST) return `${rounded.replace(".", "")}e${Number(at)}`;
    return `${value.split("e")[0].padEnd(LEAST + value.startsWith("-"), "0")}e${exponent}`;
  }

  // The same number as a fraction in lowest terms; null for one that is too long to be meant.
  function ratio(parts) {
    let [over, under] = [1n, 1n];
    for (const [place, part] of parts.entries()) {
      const [mantissa, power] = part.toLowerCase().split("e");
      const [whole, places = ""] = mantissa.split(".");
      const exponent = Number(power || 0) - places.length;
      if (whole.length + places.length + Math.abs(exponent) > 60) return null;
      const scale = 10n ** BigInt(Math.abs(exponent));
      const value = BigInt((whole + places).replace(/^\+/, "").replace(/^-$/, "0"));
      const [n, d] = exponent < 0 ? [value, scale] : [value * scale, 1n];
      [over, under] = place === 0 ? [over * n, under * d] : [over * d, under * n];
    }
    if (under === 0n) return null;
    let [a, b] = [over < 0n ? -over : over, under < 0n ? -under : under];
    while (b) [a, b] = [b, a % b];
    if (under < 0n) a = -a;
    return `${over / a}/${under / a}`;
  }

  // The ways in which what was typed may be right; null if it is no number, a text that says why.
  function read(text) {
    const ascii = (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
    const typed = text.trim().replace(/[\uff01-\uff5e]/g, ascii).replace(/[\u2212\u2013]/g, "-");
    const comma = typed.match(/^([+-]?\d+),(\d+)$/);
    if (comma) return `Write ${comma[1]}.${comma[2]}, with a point.`;
    const parts = typed.split("/").map((part) => part.trim());
    const value = Number(parts[0]) / Number(parts[1] || 1);
    if (parts.length > 2 || !parts.every((part) => NUMBER.test(part)) || !Number.isFinite(value)) return null;
    if (parts.length === 1) return { exact: ratio(parts), rounded: [digits(parts[0])] };
    return { exact: ratio(parts), rounded: [digits(value.toExponential(LEAST - 1)), digits(value.toExponential(LEAST))] };
  }

  // A fraction for a value that is one has to be exact: there its digits do not count.
  function isRight(input, answer) {
    const right = input.dataset.right.split(" ");
    const among = (text) => right.includes(sha256(`${input.dataset.salt}|${input.dataset.name}|${text}`).slice(0, 16));
    const counts = input.dataset.exact === undefined || answer.rounded.length === 1;
    return among(answer.exact) || (counts && answer.rounded.some(among));
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
