// What benchmarks/reading.py asks of a page.
"use strict";

globalThis.reading = (() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const shown = (e) => e.checkVisibility();
  const text = (e) => (shown(e) ? e.innerText : e.textContent).replace(/\s+/g, " ").trim();
  const top = (e) => e.getBoundingClientRect().top + scrollY;
  const article = () => document.querySelector("article") ?? document.body;

  // Rows of findings that find nothing: nothing beyond the name, the count of trials and the certainty.
  const empty = (row) => {
    const cells = all("td", row).map(text);
    return !cells.length || cells.every((cell) => !cell) || /not estimable|no placebo arm counts it/.test(text(row));
  };

  // Figures and panels that hold one trial.
  const lonely = () => {
    const plots = all("figure[id$='-directions'], figure[id$='-forest'], figure[id$='-albatross']").filter((figure) => {
      const rows = all(".ev-twin tbody tr th", figure.parentElement).map(text);
      const trials = new Set(rows.filter((name) => !/^(Pooled|Subgroup|All |Posterior|Mean|Prediction)/.test(name)));
      return trials.size === 1;
    });
    const panels = all(".ev-whatif script[type='application/json']").filter((script) => {
      const { questions } = JSON.parse(script.textContent);
      return questions.some(({ trials }) => trials.length < 2);
    });
    return plots.length + panels.length;
  };

  // How many trials of the drug the page says there are, in each of the places that say so.
  const totals = () => {
    const said = text(article());
    const patterns = [/Trials found\s+(\d+)/g, /We found (\d+) trials?/g, /Of (\d+) trials?,/g, /(\d+) trials? found/g];
    return [...new Set(patterns.flatMap((pattern) => [...said.matchAll(pattern)].map((found) => Number(found[1]))))];
  };

  return {
    measured() {
      const rows = all("table[id$='-sof'] tbody tr").filter(shown);
      const layer = document.querySelector("#trials, [data-layer='trials']");
      const height = document.documentElement.scrollHeight;
      const answer = layer && layer.tagName === "SECTION" ? Math.round(top(layer)) : 0;
      const words = article().innerText.trim().split(/\s+/).length;
      const low = (article().innerText.match(/very low/g) ?? []).length;
      for (const fold of all("article details:not(.code)")) fold.open = true;
      const boxes = all(".ev-scroll").filter(shown);
      return {
        height,
        answer,
        words,
        tables: boxes.length,
        cut: boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length,
        empty: rows.filter(empty).length,
        lonely: lonely(),
        low,
        totals: totals(),
      };
    },

    // The first link in the text, or else anywhere, that leads to an address.
    link(pattern) {
      const wanted = new RegExp(pattern);
      const found = [...all("article a[href]"), ...all("a[href]")].find((a) => wanted.test(a.getAttribute("href")) && shown(a));
      return found ? { href: found.href, top: Math.max(0, top(found) - 0.8 * innerHeight) } : null;
    },

    // How far down the first words lie that answer.
    answer(pattern) {
      const wanted = new RegExp(pattern);
      const blocks = all("article :is(p, li, td, th, dd, figcaption, h2)").filter(shown);
      const found = blocks.find((block) => wanted.test(text(block)));
      return found ? top(found) : null;
    },
  };
})();
