// What if, in a book made from a package: the reader leaves out studies and chooses estimator and interval.
// lib/evidence/packages/book/whatif.py puts the numbers into the page; _static/meta.js pools them.
"use strict";

(() => {
  const INTERVALS = { wald: "Wald", t: "t", HKSJ: "Hartung–Knapp", "HKSJ-adhoc": "Hartung–Knapp, never narrower than t" };

  function text(value, digits) {
    const shown = Math.abs(value) >= 1e12 ? value.toExponential(1) : value.toFixed(digits);
    return /[1-9]/.test(shown) ? shown.replace("-", "\u2212") : shown.replace("-", "");
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function choice(label, options, chosen) {
    const select = element("select", {}, ...Object.entries(options).map(([value, name]) =>
      element("option", { value, textContent: name, selected: value === chosen })));
    return [select, element("label", {}, `${label} `, select)];
  }

  document.querySelectorAll(".ev-whatif-review").forEach((box) => {
    const data = JSON.parse(box.querySelector("script").textContent);
    const result = box.querySelector(".result");
    const estimators = Object.fromEntries(evidenceMeta.estimators.map((name) => [name, name]));
    const [tau2, tau2Label] = choice("Estimator of tau²", estimators, "REML");
    const [ci, ciLabel] = choice("Interval", INTERVALS, "HKSJ");
    const boxes = data.studies.map((study) => element("input", { type: "checkbox", checked: true }));
    const list = element("fieldset", {}, element("legend", { textContent: "Studies" }), ...data.studies.map((study, i) =>
      element("label", { style: "display: block" }, boxes[i], ` ${study.label}${study.risk ? " (high risk of bias)" : ""}`)));
    const all = element("button", { type: "button", textContent: "All studies" });
    const low = element("button", { type: "button", textContent: "Without high risk of bias" });
    const shown = (value) => text(data.log ? Math.exp(value) : value, data.digits);

    function update() {
      const kept = data.studies.filter((_, i) => boxes[i].checked);
      if (!kept.length) {
        result.textContent = "No study is left.";
        return;
      }
      const options = { tau2: tau2.value, ci: ci.value, level: data.level };
      const pooled = evidenceMeta.pool(kept.map((study) => study.y), kept.map((study) => study.v), options);
      const who = kept.length === data.studies.length ? `All ${kept.length} studies` : `${kept.length} of ${data.studies.length} studies`;
      const excludes = pooled.ci_low > 0 || pooled.ci_high < 0;
      result.textContent = `${who}, ${tau2.value}, ${INTERVALS[ci.value]}: ${data.measure} ${shown(pooled.estimate)} `
        + `(${shown(pooled.ci_low)} to ${shown(pooled.ci_high)}), which ${excludes ? "excludes" : "includes"} no effect.`;
    }

    [tau2, ci, ...boxes].forEach((each) => each.addEventListener("change", update));
    all.addEventListener("click", () => { boxes.forEach((each) => { each.checked = true; }); update(); });
    low.addEventListener("click", () => { boxes.forEach((each, i) => { each.checked = !data.studies[i].risk; }); update(); });
    box.querySelector(".static").remove();
    const tools = element("p", {}, tau2Label, " ", ciLabel, " ", all);
    if (data.studies.some((study) => study.risk)) tools.append(" ", low);
    box.append(tools, list);
  });
})();
