"use strict";
// Says whether a typed answer is right, by its hash: the page does not hold the answers.
(() => {
  const inputs = [...document.querySelectorAll("input[data-right]")];
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

  function significant(value, digits) {
    if (Math.abs(value) < 1e-12) return "0";
    const [whole, exponent] = value.toExponential(digits - 1).split("e");
    return `${whole.replace(".", "")}e${Number(exponent)}`;
  }

  // The value of what was typed, and how many digits it shows; null if it is no number.
  function read(text) {
    const typed = text.trim().replace(/[\u2212\u2013]/g, "-").replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
    const parts = typed.split("/").map((part) => part.trim());
    if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return null;
    const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
    const shown = parts[0].replace(/e.*$/i, "").replace(/[^\d]/g, "").replace(/^0+/, "").length;
    return Number.isFinite(value) ? { value, digits: parts.length === 2 ? 99 : shown } : null;
  }

  function isRight(input, answer) {
    const right = input.dataset.right.split(" ");
    const rounded = [4, ...(answer.digits === 3 ? [3] : [])].map((digits) => significant(answer.value, digits));
    return rounded.some((text) => right.includes(sha256(`${input.dataset.salt}|${input.dataset.name}|${text}`).slice(0, 16)));
  }

  function check(input) {
    const item = input.closest("li");
    const verdict = item.querySelector(".verdict");
    const answer = read(input.value);
    item.classList.remove("right", "wrong");
    if (!input.value.trim()) {
      verdict.textContent = "";
    } else if (answer === null) {
      verdict.textContent = "Not a number. Write -1, 0.25, 1e-3 or -1/4.";
    } else {
      const right = isRight(input, answer);
      item.classList.add(right ? "right" : "wrong");
      verdict.textContent = right ? "✓ right" : "✗ wrong";
    }
    const label = document.querySelector(`.picture [data-q="${CSS.escape(input.dataset.name)}"]`);
    if (label) label.textContent = item.classList.contains("right") ? input.value.trim() : "?";
    const count = document.querySelectorAll(".questions .right").length;
    document.querySelector(".score").textContent = `${count} of ${inputs.length} right`;
  }

  inputs.forEach((input, place) => {
    input.addEventListener("change", () => check(input));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      check(input);
      const next = inputs[place + 1];
      if (next && next.offsetParent && input.closest("li").classList.contains("right")) next.focus();
    });
  });
})();
