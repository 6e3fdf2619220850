// What if: the reader switches trials, prior, MID and kinds of evidence; sentences and drawing follow.
//
// lib/evidence/report/sections/whatif_data.py says what the page's JSON holds: evidence, priors, the limits of the
// rules, every sentence and where the parts of the drawing lie. _static/bayes.js computes. Here stand the rules of
// lib/evidence/results/posterior.py, the choice of sentences of posterior_words.py beside it, and the controls.
// What differs from the report is kept in the query of the address, as <key>.<choice>=<value>.
"use strict";

const evidenceWhatIf = (() => {
  // ------------------------------------------------------------------------- lib/evidence/wording, with its words

  const { number, fill } = evidenceNumbers;
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  function speaker({ words, ones }) {
    const say = (name, values = {}) => fill(words[name], values);
    const span = (low, high, digits = 1) => {
      const [a, b] = [low, high].map((end) => number(Math.abs(end), digits));
      if (high < 0) return say("credible", { span: say("lower span", { low: b, high: a }) });
      return say("credible", { span: say(low > 0 ? "higher span" : "both spans", { low: a, high: b }) });
    };
    return {
      say,
      span,
      effect(median, [low, high]) {
        const size = number(Math.abs(median));
        const side = words[Number(size) === 0 ? "same" : median < 0 ? "lower" : "higher"];
        return say("effect", { size, side, span: span(low, high) });
      },
      points(size) {
        const text = number(size, 0);
        return text === "1" ? words.point : say("points", { size: text });
      },
      percent(share) {
        if (share < 0.01) return words.hardly;
        return share > 0.99 ? words.nearly : say("percent", { share: number(100 * share, 0) });
      },
      listing(items) {
        return [items.slice(0, -1).join(words.comma), ...items.slice(-1)].filter(Boolean).join(words.and);
      },
      inWords: (count) => ones[count] ?? count.toLocaleString("en"),
    };
  }

  // ------------------------------------------------------------------------ lib/evidence/results/posterior.py

  const memory = new Map();

  function remembered(key, compute) {
    if (memory.size > 40) memory.clear(); // each holds its grid
    if (!memory.has(key)) memory.set(key, compute());
    return memory.get(key);
  }

  // posterior_answer and PosteriorAnswer; undefined where there is no evidence, null for a flat prior and no number.
  function answerOf(data, trials, { prior, mid }) {
    const { rules } = data;
    const numbers = trials.filter((trial) => trial.kind === "number");
    const sets = trials.filter((trial) => trial.set);
    const named = [...data.priors].sort((a, b) => (b.name === prior) - (a.name === prior));
    const held = named.filter(({ mu }) => mu || numbers.length);
    if (!(numbers.length || sets.length)) return undefined;
    if (held[0] !== named[0]) return null;

    const under = ({ name, tau, mu }, width = 1, bounds = sets) => {
      const key = JSON.stringify([data.key, name, width, numbers, bounds]);
      const wider = width === 1 ? mu : { ...mu, ...(mu.sd ? { sd: mu.sd * width } : { scale: mu.scale * width }) };
      return remembered(key, () => evidenceBayes.bayes(numbers, bounds.map(({ set }) => set), { tau, mu: wider }));
    };
    const primary = under(held[0]);
    const every = held.map((one) => under(one));
    const interval = primary.interval();
    const spread = numbers.length ? [] : rules.stable_over.map((width) => under(held[0], width));
    const doubled = spread.length ? spread.at(-1).interval() : interval;
    const holds = interval.map((end, i) => Math.abs(end - doubled[i]) <= rules.limit_may_move);
    const range = (values) => Math.max(...values) - Math.min(...values);
    const doubted = [...numbers, ...sets].map(({ doubt }) => doubt);
    const carried = () => primary.weights().reduce((total, share, i) => total + (doubted[i] ? share : 0), 0);
    const probability = (of) => {
      const found = every.map(of);
      return { value: found[0], low: Math.min(...found), high: Math.max(...found) };
    };
    const k = numbers.length;
    // PosteriorAnswer.helps and _toward
    const toward = (below) => (rules.favourable < 0 ? below : 1 - below);
    const helps = (one, size = 0) => toward(one.probability(rules.favourable * size));
    const relief = probability((one) => helps(one));
    const trusted = !doubted.includes(true) || carried() < rules.doubt_carries;
    const likely = relief.low >= rules.likely ? "probably" : relief.high <= rules.unlikely ? "probably not" : "";
    const hasDirection = k > 0 || range(spread.map((one) => helps(one))) <= rules.probability_may_move;
    const sided = k > 0 || Math.abs(relief.value - 0.5) > rules.symmetric;
    return {
      k,
      primary,
      interval,
      mid,
      relief,
      trusted,
      numbersOnly: k && sets.length ? under(held[0], 1, []) : undefined,
      hasSize: k > 0 || holds.every(Boolean),
      hasDirection,
      sided,
      verb: hasDirection && sided && trusted ? likely : "",
      ruledOut: interval.map((end, i) => (holds[i] ? end : undefined)),
      newTrial: k >= rules.judged_from,
      important: () => probability((one) => helps(one, mid)),
      again: () => probability((one) => toward(one.newStudy(rules.favourable * mid))),
    };
  }

  // ------------------------------------------------------------------ lib/evidence/results/posterior_words.py

  // Its headline and what it tells, of the trials that the choices leave.
  function answered(data, state) {
    const question = data.questions.find(({ key }) => key === state.question);
    const on = ({ id, kind }) => state.on.get(id) && (kind === "number" || state.kinds.has(kind));
    const trials = question.trials.filter(on);
    const answer = answerOf(data, trials, state);
    const said = speaker(data);
    const apart = question.trials.filter(({ id }) => question.apart.includes(id) && !state.on.get(id));
    const parts = [evidence(said, trials), ...(answer ? told(said, answer, question) : [])];
    if (apart.length) parts.push(said.say("doubted", { named: said.listing(byOrder(question.apart, apart)) }));
    const numbers = parts.filter(Boolean).map((part) => (part.endsWith(".") ? part : `${part}.`)).join(" ");
    return { question, trials, answer, statement: headline(said, answer, trials, question, apart.length, data), numbers };
  }

  const byOrder = (ids, trials) => ids.map((id) => trials.find((trial) => trial.id === id)?.label).filter(Boolean);

  function headline({ say, ...said }, answer, trials, about, apart, data) {
    const numeric = trials.filter(({ kind }) => kind === "number");
    if (!trials.length) return say("none");
    if (answer === null) return say("flat");
    if (!answer) {
      if (!apart) return say("nothing", about);
      const reports = apart === 1 ? data.words["a report"] : say("reports", { count: said.inWords(apart) });
      return say("only doubted", { ...about, reports });
    }
    if (answer.k === 1) return say("one", { ...about, effect: numeric[0].said });
    if (trials.length === 1) return say("one untold", { ...about, said: trials[0].said });
    if (answer.hasSize && answer.sided) return say("mean", { mean: meanEffect({ say, ...said }, answer, about, data) });
    if (answer.hasDirection && answer.verb) {
      return say(answer.verb === "probably" ? "direction" : "not", { ...about, Subject: capital(about.subject) });
    }
    return say("cannot", about);
  }

  // _mean_effect
  function meanEffect({ say, span, points }, { primary, interval: [low, high], verb }, about, { words }) {
    const values = { ...about, size: points(Math.abs(primary.median)), span: span(low, high, 0) };
    if (high < 0 || low > 0) return say(high < 0 ? "lowers" : "raises", values);
    if (verb === "probably") return say("probably", values);
    return say("open", { ...values, side: words[primary.median < 0 ? "lower" : "higher"] });
  }

  // _evidence
  function evidence({ say, inWords, listing }, trials) {
    const numeric = trials.filter(({ kind }) => kind === "number");
    const tests = trials.length - numeric.length;
    const parts = numeric.length ? [say(numeric.length === 1 ? "number" : "numbers", { count: inWords(numeric.length) })] : [];
    if (tests) parts.push(say(numeric.length ? "more tests" : tests === 1 ? "test" : "tests", { count: inWords(tests) }));
    const found = capital(listing(parts));
    const people = numeric.reduce((total, trial) => total + trial.people, 0);
    if (!found || !people) return found;
    const count = people.toLocaleString("en");
    return say("behind", { evidence: found, people: say(people === 1 ? "person" : "people", { count }) });
  }

  function told(said, answer, about) {
    const { say, effect } = said;
    const mean = () => effect(answer.primary.median, answer.interval);
    const parts = [];
    if (answer.k === 1) parts.push(say("such trials", { effect: mean() }));
    else if (!answer.k && answer.hasSize && answer.sided) parts.push(say("tests alone", { effect: mean() }));
    else if (!answer.k) parts.push(ruledOut(said, answer));
    parts.push(probabilities(said, answer, about));
    const only = answer.numbersOnly;
    if (only) parts.push(say("numbers alone", { effect: effect(only.median, only.interval()) }));
    return parts;
  }

  function probabilities({ say, percent }, answer, about) {
    if (!(answer.hasDirection && answer.sided)) return "";
    if (!answer.trusted) return say("no chances", about);
    const chance = (found) => {
      const [value, low, high] = [found.value, found.low, found.high].map(percent);
      return value === low && low === high ? value : say("range", { value, low, high });
    };
    const parts = [say("relief", { ...about, chance: chance(answer.relief) })];
    if (answer.hasSize) {
      parts.push(say("important", { mid: number(answer.mid, 0), chance: chance(answer.important()) }));
      parts.push(say("again", { chance: chance(answer.again()) }));
    }
    return parts.join(". ");
  }

  // _ruled_out
  function ruledOut({ say, listing }, { ruledOut: [low, high] }) {
    const parts = low < 0 ? [say("fall", { size: number(-low) })] : [];
    if (high > 0) parts.push(say("rise", { size: number(high) }));
    if (!parts.length) return "";
    return say(parts.length === 1 ? "is unlikely" : "are unlikely", { what: capital(listing(parts)) });
  }

  // ------------------------------------------------------------------------------------------ state and address

  const kindsOf = (question) => new Set(question.trials.map(({ kind }) => kind).filter((kind) => kind !== "number"));

  function defaults(data, question = data.questions[0]) {
    const on = new Map(question.trials.map((trial) => [trial.id, trial.on]));
    return { question: question.key, prior: data.priors[0].name, mid: question.mid, kinds: kindsOf(question), on };
  }

  const midOf = (text) => (/^[1-9]\d?$|^100$/.test(text) ? Number(text) : undefined);

  // The choices in an address; what it holds that is not a choice is left aside.
  function read(data, query) {
    const given = (name) => query.get(`${data.key}.${name}`);
    const state = defaults(data, data.questions.find(({ key }) => key === given("question")));
    state.prior = data.priors.find(({ name }) => name === given("prior"))?.name ?? state.prior;
    state.mid = midOf(given("mid") ?? "") ?? state.mid;
    for (const kind of query.getAll(`${data.key}.without`)) state.kinds.delete(kind);
    for (const id of query.getAll(`${data.key}.out`)) if (state.on.has(id)) state.on.set(id, false);
    for (const id of query.getAll(`${data.key}.in`)) if (state.on.has(id)) state.on.set(id, true);
    return state;
  }

  // An address that holds these choices, beside what else it held.
  function write(data, state, address) {
    const url = new URL(address);
    const usual = defaults(data, data.questions.find(({ key }) => key === state.question));
    const chosen = [["question", state.question === data.questions[0].key ? undefined : state.question]];
    for (const name of ["prior", "mid"]) chosen.push([name, state[name] === usual[name] ? undefined : state[name]]);
    for (const kind of usual.kinds) chosen.push(["without", state.kinds.has(kind) ? undefined : kind]);
    for (const [id, on] of state.on) {
      chosen.push(["out", usual.on.get(id) && !on ? id : undefined], ["in", on && !usual.on.get(id) ? id : undefined]);
    }
    for (const [name] of chosen) url.searchParams.delete(`${data.key}.${name}`);
    for (const [name, value] of chosen) if (value !== undefined) url.searchParams.append(`${data.key}.${name}`, value);
    return url;
  }

  // -------------------------------------------------------------------------- the drawing of charts/liveeye.py

  // Move the parts; nothing is drawn where the report would draw nothing.
  function draw(root, { figure, points }, { answer, trials }) {
    const shown = answer && answer.k > 0 && trials.length > 1;
    root.querySelector("figure").hidden = !shown;
    if (!shown) return;
    const [first, last] = answer.primary.interval(0.999);
    const places = Array.from({ length: points }, (_, i) => first + ((last - first) * i) / (points - 1));
    const curves = { density: places.map(answer.primary.density) };
    curves.new = answer.newTrial ? places.map(answer.primary.predictiveDensity) : [];
    const tallest = Math.max(...curves.density);
    for (const { id, left, right, base, tall, line } of figure.layouts) {
      const part = (name) => document.getElementById(`${id}-${name}`);
      const beyond = (value) => left + ((value - figure.low) / (figure.high - figure.low)) * (right - left);
      const at = (value) => Math.min(Math.max(beyond(value), left), right).toFixed(2);
      const hill = (values) => {
        const corners = values.map((value, i) => [places[i], value]).filter(([x]) => x >= figure.low && x <= figure.high);
        const line_ = corners.map(([x, value]) => `L${at(x)} ${(base - tall * Math.min(1, value / tallest)).toFixed(2)}`);
        return corners.length ? `M${at(corners[0][0])} ${base}${line_.join("")}L${at(corners.at(-1)[0])} ${base}Z` : "";
      };
      for (const [name, values] of Object.entries(curves)) part(`eye-${name}`).setAttribute("d", hill(values));
      const [low, high] = answer.interval;
      part("eye-interval").setAttribute("d", `M${at(low)} ${line}L${at(high)} ${line}`);
      part("eye-low").style.display = low < figure.low ? "" : "none";
      part("eye-high").style.display = high > figure.high ? "" : "none";
      part("eye").setAttribute("transform", `translate(${(at(answer.primary.median) - at(figure.null)).toFixed(2)} 0)`);
      const sides = [figure.null - answer.mid, figure.null + answer.mid].map(at);
      part("eye-band-0").setAttribute("d", `M${sides[0]} ${base}V${base - tall}H${sides[1]}V${base}Z`);
    }
  }

  // --------------------------------------------------------------------------------------------------- the page

  class Panel {
    constructor(root) {
      this.root = root;
      this.data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
      const find = (selector) => root.querySelector(selector);
      [this.result, this.trials, this.note] = [".ev-whatif-result", ".ev-whatif-trials", ".ev-whatif-note"].map(find);
      this.picker = find(".ev-whatif-question select");
      [this.prior, this.mid] = [".ev-whatif-choices select", "input[type=number]"].map(find);
      this.kinds = [...root.querySelectorAll(".ev-whatif-kind input")];
      this.link = find(".ev-whatif-actions a");
      this.read();
      // What is not looked at is not computed.
      const seen = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) return;
        seen.disconnect();
        this.start();
      }, { rootMargin: "400px" });
      seen.observe(root);
    }

    read() {
      this.state = read(this.data, new URL(location.href).searchParams);
    }

    start() {
      this.root.querySelector(".ev-whatif-static").hidden = true;
      this.root.querySelector(".ev-whatif-live").hidden = false;
      if (this.picker) {
        this.picker.closest("label").hidden = false;
        this.picker.onchange = () => this.ask(this.picker.value);
      }
      this.prior.onchange = () => this.set({ prior: this.prior.value });
      this.mid.oninput = () => {
        const mid = midOf(this.mid.value);
        this.mid.setAttribute("aria-invalid", String(mid === undefined));
        if (mid !== undefined) this.set({ mid });
      };
      for (const box of this.kinds) box.onchange = () => this.toggle(this.state.kinds, box.value, box.checked);
      this.root.querySelector("button").onclick = () => this.ask(this.state.question);
      addEventListener("popstate", () => {
        this.read();
        this.list();
        this.later();
      });
      this.list();
      this.later();
    }

    toggle(kinds, kind, on) {
      const held = new Set(kinds);
      if (on) held.add(kind);
      else held.delete(kind);
      this.set({ kinds: held });
    }

    ask(key) {
      this.state = defaults(this.data, this.data.questions.find((question) => question.key === key));
      this.list();
      this.set({});
    }

    set(change) {
      Object.assign(this.state, change);
      try {
        history.replaceState(history.state, "", write(this.data, this.state, location.href));
      } catch {
        // A page opened from a file keeps its address; the link below still holds the choices.
      }
      this.later();
    }

    // After the tick has been painted, and once for what is typed quickly.
    later() {
      this.root.setAttribute("aria-busy", "true");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show(), 30);
    }

    // The trials of the question as boxes to tick.
    list() {
      const { trials } = this.data.questions.find(({ key }) => key === this.state.question);
      this.boxes = trials.map((trial) => {
        const box = Object.assign(document.createElement("input"), { type: "checkbox", value: trial.id });
        box.onchange = () => this.set({ on: new Map(this.state.on).set(trial.id, box.checked) });
        const [label, said, name] = ["label", "span", "b"].map((tag) => document.createElement(tag));
        name.textContent = trial.label;
        said.append(name, ` ${trial.arms}; ${trial.said}`);
        if (trial.why) {
          const why = Object.assign(document.createElement("small"), { textContent: trial.why });
          said.append(why);
        }
        label.append(box, said);
        return { trial, box, label };
      });
      this.trials.replaceChildren(this.trials.firstElementChild, ...this.boxes.map(({ label }) => label));
    }

    show() {
      const { data, state } = this;
      const found = answered(data, state);
      const kinds = kindsOf(found.question);
      if (this.picker) this.picker.value = state.question;
      this.prior.value = state.prior;
      this.prior.nextElementSibling.textContent = capital(data.priors.find(({ name }) => name === state.prior).says);
      if (this.mid !== document.activeElement) this.mid.value = state.mid;
      for (const box of this.kinds) {
        box.closest("label").hidden = !kinds.has(box.value);
        box.checked = state.kinds.has(box.value);
      }
      if (this.kinds.length) this.kinds[0].closest("[role=group]").hidden = !kinds.size;
      for (const { trial, box } of this.boxes) {
        box.checked = state.on.get(trial.id);
        box.disabled = trial.kind !== "number" && !state.kinds.has(trial.kind);
      }
      const [statement, numbers] = this.result.children;
      statement.textContent = found.statement;
      numbers.textContent = found.numbers;
      this.note.textContent = fill(this.note.dataset.says, found.question);
      const url = write(data, state, location.href);
      const usual = defaults(data, found.question);
      this.root.toggleAttribute("data-changed", url.search !== write(data, usual, location.href).search);
      url.hash = data.key;
      this.link.href = url.href;
      draw(this.root, data, found);
      this.root.removeAttribute("aria-busy");
    }
  }

  for (const root of document.querySelectorAll(".ev-whatif")) new Panel(root);

  return { answered, defaults, read, write };
})();
