// Numbers and sentences of a page that computes: what lib/evidence/wording says, with the words that come in the JSON.
"use strict";

const evidenceNumbers = (() => {
  // numbers.number: fixed decimals with a true minus. A number exactly between two goes to the even one, as in Python.
  function number(value, digits = 1) {
    const scaled = Math.abs(value) * 10 ** digits;
    const tie = scaled % 1 === 0.5 && Number.isInteger(value * 2 ** (digits + 1));
    const size = tie ? (2 * Math.round(scaled / 2)) / 10 ** digits : Math.abs(value);
    const [whole, rest] = size.toFixed(digits).split(".");
    const text = [whole.replace(/\B(?=(\d{3})+$)/g, ","), rest].filter(Boolean).join(".");
    return value < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
  }

  // posterior.fill: a text with the values that are known put into its braces; others stay.
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (name, key) => values[key] ?? name);

  return { number, fill };
})();
