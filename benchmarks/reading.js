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
      const { questions, studies } = JSON.parse(script.textContent); // 0.2.0 had a panel for each question
      return questions ? questions.some(({ trials }) => trials.length < 2) : studies.length < 2;
    });
    return plots.length + panels.length;
  };

  // How many trials of the drug the page says there are, in each of the places that say so.
  const totals = () => {
    const said = text(article());
    const patterns = [/Trials found\s+(\d+)/g, /We found (\d+) trials?/g, /Of (\d+) trials?,/g, /(\d+) trials? found/g];
    return [...new Set(patterns.flatMap((pattern) => [...said.matchAll(pattern)].map((found) => Number(found[1]))))];
  };

  // What the page says of how many trials a drug has: totals in sentences, and tables with drugs as rows or columns.
  const drugs = /^(ketamine|memantine|dextromethorphan|amantadine|magnesium)$/;
  const denominators = () => {
    const found = {};
    const add = (drug, n) => { (found[drug] ??= new Set()).add(Number(n.replace(",", ""))); };
    const own = location.pathname.match(/chapters\/([a-z]+)\/index\.html$/);
    if (own && drugs.test(own[1])) totals().forEach((n) => add(own[1], `${n}`));
    for (const [, n, drug] of text(article()).matchAll(/(\d[\d,]*) trials? of ([a-z]+)/g)) {
      if (drugs.test(drug)) add(drug, n);
    }
    for (const table of all("article table:not(.ev-map)")) {
      const heads = all("thead th", table).map((th) => th.textContent.trim().toLowerCase());
      for (const row of all("tbody tr", table)) {
        const [first, ...rest] = all("th, td", row).map((cell) => cell.textContent.trim());
        rest.forEach((cell, place) => {
          const drug = [first.toLowerCase(), heads[place + 1]].find((name) => drugs.test(name));
          const whole = cell.match(/^[\d,]+ of ([\d,]+)$/)?.[1] ?? (heads[place + 1] === "trials" ? cell : null);
          if (drug && whole) add(drug, whole);
        });
      }
    }
    return Object.fromEntries(Object.entries(found).map(([drug, counts]) => [drug, [...counts]]));
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
        denominators: denominators(),
      };
    },

    // The first link in the text, or else anywhere, that leads to an address; words of the glossary lead aside.
    link(pattern) {
      const wanted = new RegExp(pattern);
      const links = [...all("article a[href]"), ...all("a[href]")].filter((a) => !a.matches(".ev-term"));
      const found = links.find((a) => wanted.test(a.getAttribute("href")) && shown(a));
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
