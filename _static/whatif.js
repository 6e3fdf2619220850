// "What if": the reader switches the assumptions of one analysis; the figure, the numbers and the sentence follow.
//
// lib/evidence/report/whatif.py puts the numbers behind an analysis into its page as JSON; _static/meta.js pools
// them. Without this script the page shows the report's own analysis. The choices that differ from the report's
// are kept in the query of the address, as <key>.<choice>=<value>, so that they can be shared.
"use strict";

const evidenceWhatIf = (() => {
  const EVIDENCE = { reported: "Reported only", derived: "Reported and derived", all: "All, bounded too" };
  const INTERVALS = {
    wald: "Wald (normal)",
    t: "Wald with Student’s t",
    HKSJ: "Hartung–Knapp (HKSJ)",
    "HKSJ-adhoc": "HKSJ, never narrower than t",
  };
  const FEW = "Fewer than two trials report their effect as a number: how far trials differ cannot be told.";
  const NOT_FITTED = "The pool with bounded trials was not computed for this choice of trials; tick the trials of "
    + "the report, or leave out only one.";

  // ------------------------------------------------------------------ words (as lib/evidence/charts/words.py)

  // Fixed decimals with a true minus. A number exactly between two goes to the even one, as in Python.
  function number(value, digits = 1) {
    const scaled = Math.abs(value) * 10 ** digits;
    const tie = scaled % 1 === 0.5 && Number.isInteger(value * 4);
    const size = tie ? (2 * Math.round(scaled / 2)) / 10 ** digits : Math.abs(value);
    const text = size.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return value < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
  }

  const interval = (low, high) => `${number(low)} to ${number(high)}`;
  const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);
  const points = (value) => number(value, value === Math.round(value) ? 0 : 1);

  function listing(items) {
    return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}` : items.join("");
  }

  // ------------------------------------------- the sentence (as lib/evidence/report/statement.py: GRADE wording)

  function size(estimate, mid) {
    const magnitude = Math.abs(estimate) / mid;
    if (magnitude >= 2) return "large";
    if (magnitude >= 1) return "important";
    return magnitude >= 0.5 ? "small" : "none";
  }

  function statement(subject, outcome, estimate, mid, certainty) {
    if (certainty === "very low") return `Whether ${lower(subject)} changes ${outcome} is very uncertain.`;
    const found = size(estimate, mid);
    const verb = found === "none" ? "make" : estimate < 0 ? "reduce" : "increase";
    const predicate = { high: `${verb}s`, moderate: `probably ${verb}s`, low: `may ${verb}` }[certainty];
    const object = {
      large: `${outcome} by a large amount`,
      important: `${outcome} by an amount that matters`,
      small: `${outcome} slightly`,
      none: `little or no difference to ${outcome}`,
    }[found];
    return `${subject} ${predicate} ${object}.`;
  }

  // What estimate and interval mean beside the smallest difference that matters, whatever the certainty.
  function meaning(drug, pooled, mid) {
    const amount = {
      large: "a large difference",
      important: "a difference that matters",
      small: "a small difference",
      none: "little or no difference",
    }[size(pooled.estimate, mid)];
    const side = size(pooled.estimate, mid) === "none" ? ""
      : pooled.estimate < 0 ? ` in favour of ${drug}` : " in favour of the comparison";
    const held = [
      ["zero", pooled.ci_low <= 0 && pooled.ci_high >= 0],
      ["a benefit that matters", pooled.ci_low <= -mid],
      ["a worsening that matters", pooled.ci_high >= mid],
    ];
    const names = (wanted) => listing(held.filter(([, is]) => is === wanted).map(([name]) => name));
    const parts = [names(true) && `includes ${names(true)}`, names(false) && `excludes ${names(false)}`];
    return `With ${points(mid)} ${mid === 1 ? "point" : "points"} as the smallest difference that matters, the `
      + `estimate is ${amount}${side}; the interval ${parts.filter(Boolean).join(", and ")}.`;
  }

  // ----------------------------------------------------------------------------------------------- the analysis

  function defaults(data) {
    const trials = [...data.studies, ...data.bounded];
    return {
      evidence: "derived",
      tau2: "REML",
      ci: "HKSJ-adhoc",
      mid: data.mid,
      r: data.correlation,
      on: new Map(trials.map((trial) => [trial.id, trial.counted ?? trial.usable])),
    };
  }

  // Pool what the choices leave. Pools with bounded trials were fitted before the page was written.
  function analyse(data, state) {
    const all = state.evidence === "all";
    const r = all ? data.correlation : state.r;
    const place = data.correlations.indexOf(r);
    const at = (values) => (Array.isArray(values) ? values[place] : values);
    const studies = data.studies
      .filter((trial) => state.on.get(trial.id))
      .filter((trial) => state.evidence !== "reported" || trial.class === "reported")
      .map((trial) => ({ ...trial, yi: at(trial.yi), vi: at(trial.vi) }));
    const bounded = all ? data.bounded.filter((trial) => trial.usable && state.on.get(trial.id)) : [];
    const counted = [...studies, ...bounded];
    const found = { studies, bounded, people: counted.reduce((total, trial) => total + trial.people, 0) };
    if (all && studies.length < 2) return { ...found, reason: FEW };
    if (!studies.length) return { ...found, reason: "No trial with a number is left to pool." };
    if (!bounded.length) {
      if (all) return { ...found, reason: "No trial with only a bound is ticked: choose “reported and derived”." };
      const { tau2, ci } = state;
      const pooled = evidenceMeta.pool(studies.map((s) => s.yi), studies.map((s) => s.vi), { tau2, ci });
      return { ...found, pooled };
    }
    const fitted = data.everything[counted.map((trial) => trial.id).join(" ")];
    if (!fitted) return { ...found, reason: NOT_FITTED };
    return fitted.reason ? { ...found, reason: `${fitted.reason}.` } : { ...found, pooled: { k: counted.length, ...fitted } };
  }

  function sentences(data, state, found) {
    if (!found.pooled) {
      const cannot = `How much ${lower(data.subject)} changes ${data.outcome} cannot be estimated under these choices.`;
      return [cannot, found.reason];
    }
    const { pooled } = found;
    return [
      statement(data.subject, data.outcome, pooled.estimate, state.mid, data.certainty),
      `Mean difference ${number(pooled.estimate)} points (95% CI ${interval(pooled.ci_low, pooled.ci_high)}); `
        + `${plural(pooled.k, "trial")}, ${plural(found.people, "person", "people")}; certainty ${data.certainty}.`,
      meaning(data.drug, pooled, state.mid),
    ];
  }

  // ----------------------------------------------------------------------------------------- state and address

  const CHOICES = ["evidence", "tau2", "ci", "mid", "r"];

  function allowed(data, name, text) {
    if (name === "evidence") return text in EVIDENCE && (text !== "all" || data.bounded.length > 0);
    if (name === "tau2") return evidenceMeta.estimators.includes(text);
    if (name === "ci") return evidenceMeta.intervals.includes(text);
    if (name === "mid") return /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 && Number(text) <= 100;
    return data.correlations.includes(Number(text));
  }

  // The choices in an address; what it holds that is not a choice is left aside.
  function read(data, query) {
    const state = defaults(data);
    for (const name of CHOICES) {
      const text = query.get(`${data.key}.${name}`);
      if (text !== null && allowed(data, name, text)) {
        state[name] = typeof state[name] === "number" ? Number(text) : text;
      }
    }
    for (const [name, on] of [["out", false], ["in", true]]) {
      for (const id of query.getAll(`${data.key}.${name}`)) {
        const usable = data.bounded.every((trial) => trial.id !== id || trial.usable);
        if (state.on.has(id) && usable) state.on.set(id, on);
      }
    }
    return state;
  }

  // An address that holds these choices, beside what else it held.
  function write(data, state, address) {
    const url = new URL(address);
    for (const name of [...CHOICES, "out", "in"]) url.searchParams.delete(`${data.key}.${name}`);
    const usual = defaults(data);
    for (const name of CHOICES) {
      if (state[name] !== usual[name]) url.searchParams.set(`${data.key}.${name}`, String(state[name]));
    }
    for (const [id, on] of state.on) {
      if (on !== usual.on.get(id)) url.searchParams.append(`${data.key}.${on ? "in" : "out"}`, id);
    }
    return url;
  }

  // --------------------------------------------------------------------------------------------------- the page

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key in made && typeof value !== "string") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  function select(label, options, choose) {
    const box = element("select", { onchange: () => choose(box.value) },
      ...options.map(([value, text]) => element("option", { value }, text)));
    return { box, row: element("label", {}, element("span", {}, label), box) };
  }

  function tick(trial, text, note, choose) {
    const box = element("input", { type: "checkbox", value: trial.id, onchange: () => choose(box.checked) });
    const said = element("span", {}, element("b", {}, trial.label), ` ${text}`);
    if (note) said.append(element("small", {}, note));
    return { box, row: element("label", {}, box, said) };
  }

  class Panel {
    constructor(root) {
      this.root = root;
      this.data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
      this.state = read(this.data, new URL(location.href).searchParams);
      this.result = root.querySelector(".ev-whatif-result");
      this.result.setAttribute("aria-live", "polite");
      root.querySelector(".ev-whatif-static").hidden = true;
      this.figure = element("div", { class: "ev-whatif-figure" });
      this.note = element("p", { class: "ev-whatif-note" });
      this.link = element("a", {}, "Link to these choices");
      const reset = element("button", { type: "button", onclick: () => this.reset() }, "As in the report");
      this.result.after(
        this.figure,
        element("div", { class: "ev-whatif-controls" }, this.trials(), this.choices()),
        this.note,
        element("p", { class: "ev-whatif-actions" }, reset, this.link),
      );
      this.show();
      new ResizeObserver(() => this.draw()).observe(this.figure);
      addEventListener("popstate", () => {
        this.state = read(this.data, new URL(location.href).searchParams);
        this.show();
      });
    }

    set(change) {
      Object.assign(this.state, change);
      const url = write(this.data, this.state, location.href);
      try {
        history.replaceState(history.state, "", url);
      } catch {
        // A page opened from a file keeps its address; the link below still holds the choices.
      }
      this.show();
    }

    reset() {
      this.set(defaults(this.data));
    }

    trials() {
      const choose = (id) => (on) => this.set({ on: new Map(this.state.on).set(id, on) });
      this.ticks = new Map();
      const rows = [];
      for (const trial of this.data.studies) {
        const left = trial.counted ? "" : `left out of the report: ${trial.why || "see its flags"}`;
        const made = tick(trial, `${trial.arms}; ${trial.class}`, left, choose(trial.id));
        this.ticks.set(trial.id, made.box);
        rows.push(made.row);
      }
      for (const trial of this.data.bounded) {
        const note = trial.usable ? "" : "its number of people is not known: in no pool";
        const made = tick(trial, `${trial.arms}; bounded: ${trial.said}`, note, choose(trial.id));
        this.ticks.set(trial.id, made.box);
        rows.push(made.row);
      }
      return element("fieldset", { class: "ev-whatif-trials" }, element("legend", {}, "Trials"), ...rows);
    }

    choices() {
      const kinds = Object.entries(EVIDENCE).filter(([name]) => name !== "all" || this.data.bounded.length);
      const correlations = this.data.correlations.map((r) => [String(r), r.toFixed(2)]);
      const estimators = evidenceMeta.estimators.map((name) => [name, name]);
      this.controls = {
        evidence: select("Evidence", kinds, (evidence) => this.set({ evidence })),
        tau2: select("tau² estimator", estimators, (tau2) => this.set({ tau2 })),
        ci: select("Interval", Object.entries(INTERVALS), (ci) => this.set({ ci })),
        mid: this.midInput(),
        r: select("Within-person correlation of crossover trials", correlations, (r) => this.set({ r: Number(r) })),
      };
      if (!correlations.length) delete this.controls.r;
      const rows = Object.values(this.controls).map((control) => control.row);
      return element("fieldset", { class: "ev-whatif-choices" }, element("legend", {}, "Assumptions"), ...rows);
    }

    midInput() {
      const box = element("input", { type: "number", min: "0.5", max: "100", step: "0.5", inputmode: "decimal" });
      box.addEventListener("input", () => {
        const good = allowed(this.data, "mid", box.value);
        box.setAttribute("aria-invalid", String(!good));
        if (good) this.set({ mid: Number(box.value) });
      });
      const words = element("span", {}, "Smallest difference that matters, points");
      return { box, row: element("label", {}, words, box) };
    }

    show() {
      const { data, state } = this;
      this.found = analyse(data, state);
      const all = state.evidence === "all";
      for (const [name, { box }] of Object.entries(this.controls)) {
        const text = String(state[name]);
        if (box !== document.activeElement || box.type !== "number") box.value = text;
        box.disabled = all && ["tau2", "ci", "r"].includes(name);
      }
      for (const trial of data.studies) {
        const box = this.ticks.get(trial.id);
        box.checked = state.on.get(trial.id);
        box.disabled = state.evidence === "reported" && trial.class !== "reported";
      }
      for (const trial of data.bounded) {
        const box = this.ticks.get(trial.id);
        box.checked = all && state.on.get(trial.id);
        box.disabled = !all || !trial.usable;
      }
      const [first, ...others] = sentences(data, state, this.found);
      this.result.replaceChildren(
        element("p", { class: "ev-statement" }, first),
        ...others.map((text) => element("p", {}, text)),
      );
      this.note.textContent = this.remark();
      const url = write(data, state, location.href);
      const changed = url.search !== write(data, defaults(data), location.href).search;
      url.hash = data.key;
      this.link.href = url.href;
      this.root.toggleAttribute("data-changed", changed);
      this.draw();
    }

    // What holds beside the sentence.
    remark() {
      const all = this.state.evidence === "all"
        ? "With bounded trials: restricted likelihood with its own interval, computed when the book was built at the "
          + "report’s correlation; estimator, interval and correlation are fixed. "
        : "";
      const one = this.found.pooled && this.found.studies.length === 1 && !this.found.bounded.length
        ? "One trial has no tau², and its interval is the normal one whatever is chosen. "
        : "";
      return `${all}${one}The certainty is that of the report’s own analysis; choices here do not rate it anew.`;
    }

    draw() {
      const width = Math.floor(this.figure.clientWidth);
      if (width) this.figure.replaceChildren(forest(this.data, this.state, this.found, width, ruler(this.figure)));
    }
  }

  // ------------------------------------------------------------------------------------------------- the figure

  // Marks and axis as in lib/evidence/charts/forest.
  const Z = 1.959963984540054;
  const SVG = "http://www.w3.org/2000/svg";
  const [LARGEST, PLAIN, HEAD, STRETCH] = [150, 55, 8, 3];

  function shape(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // The rows of the figure: trials with a number, bounded ones, the pooled effect, the prediction interval.
  function rows(found) {
    const { pooled } = found;
    const weights = pooled?.weights?.length > 1 ? pooled.weights : undefined;
    const made = found.studies.map((trial, i) => {
      const reach = Z * Math.sqrt(trial.vi);
      const [low, high] = [trial.yi - reach, trial.yi + reach];
      const weight = weights ? `, weight ${number(weights[i])}%` : "";
      const text = `${number(trial.yi)} (${interval(low, high)})${weight}`;
      const area = weights ? (LARGEST * weights[i]) / Math.max(...weights) : PLAIN;
      return { kind: trial.class, label: trial.label, mid: trial.yi, low, high, text, area };
    });
    for (const trial of found.bounded) {
      const { direction } = trial;
      const [low, high] = [direction === 1 ? 0 : undefined, direction === -1 ? 0 : undefined];
      made.push({ kind: "bounded", label: trial.label, text: trial.said, low, high });
    }
    if (pooled) {
      const text = `${number(pooled.estimate)} (${interval(pooled.ci_low, pooled.ci_high)})`;
      const label = pooled.k === 1 ? "One trial" : "Pooled";
      made.push({ kind: "pooled", label, mid: pooled.estimate, low: pooled.ci_low, high: pooled.ci_high, text });
      if (pooled.k > 1 && Number.isFinite(pooled.pi_low)) {
        const [low, high] = [pooled.pi_low, pooled.pi_high];
        made.push({ kind: "prediction", label: "Prediction interval", low, high, text: interval(low, high) });
      }
    }
    return made;
  }

  // Ends of the axis: no effect, the MID, estimates and the narrower half of the intervals; a wider interval
  // may stretch it; no farther than the scale. About no effect where a trial is open on both sides.
  function extent(drawn, mid) {
    const spans = drawn.filter((row) => Number.isFinite(row.low) && Number.isFinite(row.high));
    spans.sort((one, other) => one.high - one.low - (other.high - other.low));
    const narrower = spans.slice(0, Math.ceil(spans.length / 2)).flatMap((row) => [row.low, row.high]);
    const estimates = drawn.map((row) => row.mid).filter(Number.isFinite);
    const needed = [0, -1.3 * mid, 0.6 * mid, ...estimates, ...narrower];
    const [first, last] = [Math.min(...needed), Math.max(...needed)];
    const away = (value) => Math.max(first - value, value - last);
    let [low, high] = [first, last];
    const ends = drawn.flatMap((row) => [row.low, row.high]).filter(Number.isFinite);
    for (const value of ends.sort((one, other) => away(one) - away(other))) {
      const [from, to] = [Math.min(low, value), Math.max(high, value)];
      if (to - from <= STRETCH * (last - first)) [low, high] = [from, to];
    }
    if (drawn.some((row) => row.kind === "bounded" && row.low === undefined && row.high === undefined)) {
      [low, high] = [Math.min(low, -high), Math.max(high, -low)];
    }
    return [Math.max(-100, low), Math.min(100, high)];
  }

  // The axis ends at round values; its labels stand well apart.
  function axis(drawn, mid, room, measure) {
    const [from, to] = extent(drawn, mid);
    const ends = (step) => [Math.max(-100, step * Math.floor(from / step)), Math.min(100, step * Math.ceil(to / step))];
    const apart = measure(number(from, 0)) + 18;
    const step = [1, 2, 5, 10, 20, 25, 50].find((by) => {
      const [low, high] = ends(by);
      return (room * by) / (high - low) >= apart && (high - low) / by <= 8;
    }) ?? 100;
    const [low, high] = ends(step);
    return { low, high, step };
  }

  const LINE = 16;

  // Lines of whole words no wider than `width`.
  function wrap(text, width, measure) {
    const lines = [];
    for (const word of text.split(" ")) {
      const joined = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && measure(joined) <= width) lines[lines.length - 1] = joined;
      else lines.push(word);
    }
    return lines;
  }

  // Width of a text in the figure's own font.
  function ruler(place) {
    const pen = document.createElement("canvas").getContext("2d");
    const family = getComputedStyle(place).fontFamily;
    return (text, bold = false) => {
      pen.font = `${bold ? "600 " : ""}13px ${family}`;
      return pen.measureText(text).width;
    };
  }

  function forest(data, state, found, width, measure) {
    const drawn = rows(found);
    const { low, high, step } = axis(drawn, state.mid, width - 16, measure);
    let bottom = 0;
    for (const row of drawn) {
      row.top = bottom;
      row.beside = measure(row.label, true) + measure(row.text) + 32 <= width;
      row.lines = row.beside ? [row.text] : wrap(row.text, width - 16, measure);
      row.y = row.top + (row.beside ? 30 : 30 + LINE * row.lines.length);
      bottom = row.y + 16;
    }
    bottom += 8;
    const height = bottom + 64;
    const beyond = (value) => 8 + ((value - low) / (high - low)) * (width - 16);
    const scale = { low, high, start: 8, end: width - 8, beyond };
    scale.at = (value) => beyond(Math.min(high, Math.max(low, value)));
    const spoken = drawn.map((row) => `${row.label}: ${row.text}`).join("; ");
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
    svg.setAttribute("aria-label", `Forest plot of ${data.measured} in points under the choices made. ${spoken || found.reason}.`);
    const add = (name, attributes, text) => svg.append(shape(name, attributes, text));

    for (const row of drawn) {
      const colour = row.kind === "prediction" ? " ev-prediction-words" : "";
      add("text", { x: 8, y: row.top + 14, class: `ev-name${colour}` }, row.label);
      row.lines.forEach((text, i) => {
        const place = row.beside ? { x: width - 8, y: row.top + 14, "text-anchor": "end" }
          : { x: 8, y: row.top + 14 + LINE * (i + 1) };
        add("text", { ...place, class: colour.trim() }, text);
      });
      // The lines of no effect and of the MID stand in the strip of the marks, clear of the words.
      for (const [value, kind] of [[0, "ev-null"], [-state.mid, "ev-mid"]]) {
        if (value < low || value > high) continue;
        add("line", { x1: scale.at(value), x2: scale.at(value), y1: row.y - 10, y2: row.y + 10, class: kind });
      }
      mark(add, scale, row);
    }
    add("line", { x1: 8, x2: width - 8, y1: bottom, y2: bottom, class: "ev-axis" });
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
      const x = scale.at(value);
      const anchor = x < 20 ? "start" : x > width - 20 ? "end" : "middle";
      add("line", { x1: x, x2: x, y1: bottom, y2: bottom + 5, class: "ev-axis" });
      const place = { x: anchor === "start" ? 0 : anchor === "end" ? width : x, y: bottom + 19 };
      add("text", { ...place, "text-anchor": anchor, class: "ev-tick" }, number(value, 0));
    }
    const [left, right] = [`\u2190 favours ${data.drug}`, "favours comparator \u2192"];
    add("text", { x: 8, y: bottom + 40 }, left);
    const second = measure(left) + measure(right) + 32 > width ? LINE : 0;
    add("text", { x: width - 8, y: bottom + 40 + second, "text-anchor": "end" }, right);

    const caption = element("figcaption", {},
      `Mean difference in ${data.measured}, ${data.unit}, 95% CIs. Filled square: reported; open square: derived; `
      + "dashed: bounded, only a direction or a test; diamond: pooled; bar: prediction interval. "
      + `Solid line: no effect; dashed line: ${points(state.mid)} points less ${data.measured}. Arrows: beyond the axis.`);
    return element("figure", {}, svg, caption);
  }

  function mark(add, scale, row) {
    const { y, kind } = row;
    const line = (from, to, name, up = 0) => add("line", { x1: from, x2: to, y1: y - up, y2: y - up, class: name });
    const [x1, x2] = [scale.at(row.low ?? scale.low), scale.at(row.high ?? scale.high)];
    const over = { left: row.low === undefined || row.low < scale.low, right: row.high === undefined || row.high > scale.high };
    const [start, end] = [scale.start + (over.left ? HEAD : 0), scale.end - (over.right ? HEAD : 0)];
    if (kind === "pooled") {
      const corners = [[row.low, 0], [row.mid, -6.5], [row.high, 0], [row.mid, 6.5]];
      const shown = cut(corners.map(([value, up]) => [scale.beyond(value), y + up]), start, end);
      add("polygon", { points: shown.map((corner) => corner.join(",")).join(" "), class: "ev-pooled" });
    } else if (kind === "prediction") {
      const from = Math.max(x1, start);
      add("rect", { x: from, y: y - 2.5, width: Math.max(Math.min(x2, end) - from, 1), height: 5, class: "ev-prediction" });
    } else if (kind === "bounded") {
      line(x1, x2, "ev-bound");
      for (const [x, side, open] of [[x1, 1, over.left], [x2, -1, over.right]]) {
        if (!open) add("path", { d: `M${x + 3.5 * side},${y - 6} H${x} V${y + 6} H${x + 3.5 * side}`, class: "ev-bracket" });
      }
    } else {
      line(x1, x2, "ev-interval");
      if (row.mid >= scale.low && row.mid <= scale.high) square(add, line, scale, row, [x1, x2]);
    }
    const head = (tip, side) => add("path", { d: `M${tip},${y} l${9 * side},-5 v10 z`, class: `ev-beyond ev-of-${kind}` });
    if (over.left) head(scale.start, 1);
    if (over.right) head(scale.end, -1);
  }

  // The square of a trial; an interval that would hide behind it is drawn over it.
  function square(add, line, scale, row, ends) {
    const [x, half] = [scale.at(row.mid), Math.sqrt(row.area) / 2];
    const place = { x: x - half, y: row.y - half, width: 2 * half, height: 2 * half };
    const filled = row.kind !== "derived";
    add("rect", { ...place, class: filled ? "ev-reported" : "ev-derived" });
    if (Math.min(x - ends[0], ends[1] - x) < half + 2) {
      const [from, to] = ends.map((end) => Math.min(Math.max(end, x - half), x + half));
      line(from, to, filled ? "ev-over" : "ev-interval");
    }
  }

  // The part of a closed outline between two upright lines (Sutherland and Hodgman 1974).
  function cut(corners, start, end) {
    return [[start, 1], [end, -1]].reduce((outline, [line, side]) => outline.flatMap(([x1, y1], i) => {
      const [x0, y0] = outline[(i || outline.length) - 1];
      const crossing = side * (x0 - line) < 0 !== side * (x1 - line) < 0;
      const kept = crossing ? [[line, y0 + ((y1 - y0) * (line - x0)) / (x1 - x0)]] : [];
      return side * (x1 - line) >= 0 ? [...kept, [x1, y1]] : kept;
    }), corners);
  }

  for (const root of document.querySelectorAll(".ev-whatif")) new Panel(root);

  return { analyse, defaults, number, sentences, statement, read, write };
})();
