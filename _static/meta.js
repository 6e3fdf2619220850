// The part of evidence.meta that a page computes: pooling under the random-effects model.
//
// For the what-if of a book that is made from a package. Names and formulae are those of lib/evidence/meta (pool,
// tau2, likelihood, formulae, intervals), where papers and reasons stand; tests/packages compares the two. Nothing
// here touches the page.
"use strict";

const evidenceMeta = (() => {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const dot = (a, b) => a.reduce((total, value, i) => total + value * b[i], 0);

  // ---------------------------------------------------------------------------------------- distributions

  const normalDensity = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

  // Upper tail of the normal distribution: Abramowitz & Stegun 1964, 26.2.11 (series) and 26.2.14 (fraction).
  function normalTail(x) {
    if (x < 0) return 1 - normalTail(-x);
    if (x < 3) {
      let term = x;
      let total = x;
      for (let n = 3; Math.abs(term) > 1e-17 * total; n += 2) {
        term *= (x * x) / n;
        total += term;
      }
      return 0.5 - normalDensity(x) * total;
    }
    let fraction = 0;
    for (let n = 150; n > 0; n -= 1) fraction = n / (x + fraction);
    return normalDensity(x) / (x + fraction);
  }

  // Upper tail of Student's t with whole degrees of freedom: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
  function tTail(t, df) {
    if (!Number.isFinite(df)) return normalTail(t);
    if (t < 0) return 1 - tTail(-t, df);
    const cos2 = df / (df + t * t);
    const sin = t / Math.sqrt(df + t * t);
    const odd = df % 2 === 1;
    let term = odd ? Math.sqrt(cos2) : 1;
    let total = df === 1 ? 0 : term;
    for (let n = odd ? 3 : 2; n < df; n += 2) {
      term *= (cos2 * (n - 1)) / n;
      total += term;
    }
    const inside = odd ? (2 / Math.PI) * (Math.atan(t / Math.sqrt(df)) + sin * total) : sin * total;
    return Math.max(0, (1 - inside) / 2);
  }

  // Density of t, by the recursion of its constant from 1/pi (df = 1) or 1/(2 sqrt 2) (df = 2).
  function tDensity(t, df) {
    if (!Number.isFinite(df)) return normalDensity(t);
    let constant = df % 2 === 1 ? 1 / Math.PI : 1 / (2 * Math.SQRT2);
    for (let n = df % 2 === 1 ? 1 : 2; n < df; n += 2) {
      constant *= ((n + 1) / n) * Math.sqrt(n / (n + 2));
    }
    return constant * (1 + (t * t) / df) ** (-(df + 1) / 2);
  }

  // Two-sided critical value. The tail is convex right of 0, so Newton's method from 0 rises to the root.
  function criticalValue(level, df) {
    const tail = (1 - level) / 2;
    if (df === 1) return 1 / Math.tan(Math.PI * tail);
    let t = 0;
    for (let step = 0; step < 200; step += 1) {
      const by = (tTail(t, df) - tail) / tDensity(t, df);
      t += by;
      if (Math.abs(by) < 1e-14 * Math.max(1, t)) break;
    }
    return t;
  }

  const twoSidedP = (statistic, df) => 2 * tTail(Math.abs(statistic), df);

  // ------------------------------------------------------------------- formulae (lib/evidence/meta/formulae.py)

  // Sums of the weights without the first, which is the largest: nothing cancels.
  function sums(w) {
    const rest = w.slice(1);
    return {
      first: w[0],
      rest1: sum(rest),
      rest2: dot(rest, rest),
      rest3: sum(rest.map((x) => x * x * x)),
    };
  }

  const traceP = ({ first, rest1, rest2 }) => (rest1 * (2 * first + rest1) - rest2) / (first + rest1);

  function tracePP({ first, rest1, rest2, rest3 }) {
    const bySquares = first * first * (rest1 * rest1 + 3 * rest2);
    const byFirst = 2 * first * (rest1 * rest2 - rest3);
    const without = rest2 * (rest1 * rest1 + rest2) - 2 * rest1 * rest3;
    return (bySquares + byFirst + without) / (first + rest1) ** 2;
  }

  function weighted(y, v, tau2) {
    const w = v.map((x) => 1 / (x + tau2));
    const s1 = sum(w);
    const mean = dot(w, y) / s1;
    const r = y.map((x) => x - mean);
    return { w, s1, mean, r, wr: w.map((x, i) => x * r[i]) };
  }

  // --------------------------------------------------------------- likelihood (lib/evidence/meta/likelihood.py)

  const GRID_STEP = 0.4;
  const FIRST_POINTS = [0, 0.1, 0.2];

  function score(y, v, tau2, reml) {
    const { w, s1, wr } = weighted(y, v, tau2);
    return dot(wr, wr) - (reml ? traceP(sums(w)) : s1);
  }

  function logLikelihood(y, v, tau2, reml) {
    const { w, s1, r, wr } = weighted(y, v, tau2);
    const twice = sum(w.map(Math.log)) - dot(wr, r);
    return (reml ? twice - Math.log(s1 / y.length) : twice) / 2;
  }

  // Every hill is found on a grid that reaches beyond the last top, climbed, and the tops are compared.
  function maximise(y, v, reml) {
    const smallest = Math.min(...v);
    const bound = (Math.max(...y) - Math.min(...y)) ** 2 / 2;
    if (bound <= smallest) return 0;
    const points = Math.ceil(Math.log(bound / smallest) / GRID_STEP + FIRST_POINTS.length + 0.5);
    const grid = Array.from({ length: points }, (_, j) =>
      smallest * Math.expm1(FIRST_POINTS[j] ?? (j + 1 - FIRST_POINTS.length) * GRID_STEP));
    const scores = grid.map((tau2) => score(y, v, tau2, reml));
    const tops = scores[0] <= 0 ? [0] : [];
    for (let j = 0; j + 1 < points; j += 1) {
      if (scores[j] > 0 && scores[j + 1] <= 0) tops.push(climb(y, v, reml, grid[j], grid[j + 1]));
    }
    const heights = tops.map((tau2) => logLikelihood(y, v, tau2, reml));
    return tops[heights.indexOf(Math.max(...heights))];
  }

  // Root of the score between `low`, where it is positive, and `high`: Newton, else bisection.
  function climb(y, v, reml, low, high) {
    let tau2 = (low + high) / 2;
    for (let step = 0; step < 200; step += 1) {
      const { w, s1, wr } = weighted(y, v, tau2);
      const all = sums(w);
      const now = dot(wr, wr) - (reml ? traceP(all) : s1);
      if (now > 0) low = tau2;
      else high = tau2;
      const a2 = dot(wr, w);
      const b3 = sum(wr.map((x, i) => x * x * w[i]));
      const information = reml ? tracePP(all) : all.first ** 2 + all.rest2;
      const slope = (2 * a2 * a2) / s1 - 2 * b3 + information + (2 * now * s1) / y.length;
      let next = slope < 0 ? tau2 - now / slope : Infinity;
      if (!(next >= low && next <= high)) next = (low + high) / 2;
      if (Math.abs(next - tau2) <= (1e-12 * y.length) / s1) return next;
      tau2 = next;
    }
    return tau2;
  }

  // -------------------------------------------------------------------------- tau2 (lib/evidence/meta/tau2.py)

  // Tau2 at which the generalised Q is k - 1 (Paule & Mandel): Newton on 1/Q from the left.
  function qRoot(y, v, target) {
    let tau2 = 0;
    for (let step = 0; step < 200; step += 1) {
      const { r, wr } = weighted(y, v, tau2);
      const q = dot(wr, r);
      if (!(q > target)) break;
      const by = (q * (q - target)) / (target * dot(wr, wr));
      tau2 += by;
      if (by <= 1e-14 * tau2) break;
    }
    return tau2;
  }

  // From DL on: a quadratic form in y equated to its expectation; a negative one becomes 0 in estimateTau2.
  const ESTIMATORS = {
    REML: (y, v) => maximise(y, v, true),
    ML: (y, v) => maximise(y, v, false),
    PM: (y, v) => qRoot(y, v, y.length - 1),
    EB: (y, v) => qRoot(y, v, y.length - 1),
    DL(y, v) {
      const { w, r, wr } = weighted(y, v, 0);
      return (dot(wr, r) - (y.length - 1)) / traceP(sums(w));
    },
    HS(y, v) {
      const { s1, r, wr } = weighted(y, v, 0);
      return (dot(wr, r) - y.length) / s1;
    },
    HE(y, v) {
      const k = y.length;
      return (plainSquares(y) - (sum(v) * (k - 1)) / k) / (k - 1);
    },
    SJ(y, v) {
      const k = y.length;
      const form = plainSquares(y);
      if (!(form > 0)) return 0;
      const u = v.map((x) => form / (form + x * k));
      const mean = dot(u, y) / sum(u);
      return sum(y.map((x, i) => u[i] * (x - mean) ** 2)) / (k - 1);
    },
  };

  function plainSquares(y) {
    const mean = sum(y) / y.length;
    return sum(y.map((x) => (x - mean) ** 2));
  }

  const estimateTau2 = (y, v, estimator) =>
    y.length === 1 ? 0 : Math.max(0, ESTIMATORS[estimator](y, v));

  // -------------------------------------------------------------------------- pool (lib/evidence/meta/pool.py)

  const INTERVALS = ["wald", "t", "HKSJ", "HKSJ-adhoc"];

  // Pool k effects `yi` with variances `vi`; refuses what evidence.meta.pool refuses.
  function pool(yi, vi, { tau2 = "REML", ci = "HKSJ", level = 0.95 } = {}) {
    const k = yi.length;
    const usable = k > 0 && vi.length === k && yi.every(Number.isFinite) && vi.every((x) => x > 0 && x < Infinity);
    if (!usable) throw new RangeError("pool needs studies with finite effects and variances above 0");
    if (!(tau2 in ESTIMATORS) || !INTERVALS.includes(ci)) throw new RangeError(`unknown option ${tau2}, ${ci}`);
    const df = k - 1;
    // The study with the largest weight comes first and effects count from its own: no digits cancel.
    const largest = vi.indexOf(Math.min(...vi));
    const order = [largest, ...yi.keys()].filter((j, i) => i === 0 || j !== largest);
    const origin = yi[largest];
    const y = order.map((j) => yi[j] - origin);
    const v = order.map((j) => vi[j]);

    const common = weighted(y, v, 0);
    const q = dot(common.wr, common.r);
    const t2 = estimateTau2(y, v, tau2);
    const { w, s1, mean, r, wr } = weighted(y, v, t2);
    const factor = df ? dot(wr, r) / df : 1;
    const scale = { HKSJ: factor, "HKSJ-adhoc": Math.max(1, factor) }[ci] ?? 1;
    const se = Math.sqrt(scale / s1);
    const ciDf = ci === "wald" || k === 1 ? Infinity : df;
    const reach = criticalValue(level, ciDf) * se;
    const prediction = criticalValue(level, Math.max(1, df)) * Math.sqrt(t2 + se * se);
    const typical = df ? df / traceP(sums(common.w)) : 0;
    const estimate = origin + mean;
    const weights = Array(k);
    order.forEach((j, i) => { weights[j] = (100 * w[i]) / s1; });
    return {
      estimate,
      se,
      ci_low: estimate - reach,
      ci_high: estimate + reach,
      p_value: se ? twoSidedP(estimate / se, ciDf) : estimate ? 0 : 1,
      pi_low: estimate - prediction,
      pi_high: estimate + prediction,
      tau2: t2,
      i2: df ? (100 * t2) / (t2 + typical) : 0,
      q,
      k,
      weights,
    };
  }

  return { pool, criticalValue, twoSidedP, estimators: Object.keys(ESTIMATORS), intervals: INTERVALS };
})();
