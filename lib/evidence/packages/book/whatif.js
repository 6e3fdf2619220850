// What if, in a book made from a package: the reader leaves out studies and chooses estimator and interval.
//
// lib/evidence/packages/book/whatif.py puts numbers, words and controls into the page; _static/meta.js pools.
"use strict";

document.querySelectorAll(".ev-whatif-review").forEach((box) => {
  const { number, fill } = evidenceNumbers;
  const data = JSON.parse(box.querySelector("script").textContent);
  const { studies, words, names, measure, log, digits, level, most } = data;
  const [result, live] = [".result", ".live"].map((part) => box.querySelector(part));
  const [tau2, ci] = ["tau2", "ci"].map((name) => live.querySelector(`select[name=${name}]`));
  const boxes = [...live.querySelectorAll("input")];
  const shown = (value) => number(Math.min(Math.max(log ? Math.exp(value) : value, -most), most), digits);

  function says() {
    const kept = studies.filter((_, i) => boxes[i].checked);
    if (!kept.length) return words.none;
    const options = { tau2: tau2.value, ci: ci.value, level };
    const pooled = evidenceMeta.pool(kept.map(({ y }) => y), kept.map(({ v }) => v), options);
    const which = kept.length === studies.length ? words.all : words.some;
    return fill(words.result, {
      who: fill(which, { kept: kept.length, count: studies.length }),
      tau2: tau2.value,
      ci: names[ci.value],
      measure,
      estimate: shown(pooled.estimate),
      low: shown(pooled.ci_low),
      high: shown(pooled.ci_high),
      null: pooled.ci_low > 0 || pooled.ci_high < 0 ? words.outside : words.inside,
    });
  }

  const update = () => { result.textContent = says(); };
  const keep = (which) => () => {
    boxes.forEach((each, i) => { each.checked = which(studies[i]); });
    update();
  };
  [tau2, ci, ...boxes].forEach((each) => each.addEventListener("change", update));
  live.querySelector("button[name=all]").addEventListener("click", keep(() => true));
  live.querySelector("button[name=low]")?.addEventListener("click", keep(({ risk }) => !risk));
  box.querySelector(".static").remove();
  live.hidden = false;
  update(); // a browser that comes back to a page may have kept what was ticked
});
