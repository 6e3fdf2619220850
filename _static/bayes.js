// The part of evidence.meta.bayes that a page computes: the posterior of one meta-analysis.
//
// Each section mirrors a module of lib/evidence/meta/bayesian, each function the Python one that its comment names;
// papers and reasons stand there. Constants that cancel in the posterior are left out. tests/site compares the two.
// Nothing here touches the page.
"use strict";

const evidenceBayes = (() => {
  const { abs, asinh, ceil, cosh, exp, expm1, hypot, log, log1p, max, min, sinh, sqrt } = Math;
  const SQRT_2PI = sqrt(2 * Math.PI);
  const LOG_SQRT_2PI = log(SQRT_2PI);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const dot = (a, b) => a.reduce((total, value, i) => total + value * b[i], 0);
  const made = (n, f) => Float64Array.from({ length: n }, (_, i) => f(i));
  const clamp = (x, low, high) => min(max(x, low), high);

  // ------------------------------------------------------------------------------ functions of scipy.special

  // (1 + 2x)·erfcx(x) is a Chebyshev series in (x - 3.75)/(x + 3.75): Shepherd & Laframboise 1981.
  const ERFCX = [
    1.177578934567401, -0.004590054580646497, -0.08424913336651803, 0.05920993999819204, -0.02665866843530603,
    0.009074997670704995, -0.002413163540417743, 0.0004907758365258807, -6.916973302473946e-5, 4.139027986253355e-6,
    7.74038306572411e-7, -2.188640104483497e-7, 1.076499952512577e-8, 4.521960435729018e-9, -7.754401602314923e-10,
    -6.318017960656638e-11, 2.868820736523503e-11, 1.941039921386315e-13, -9.65609074180899e-13, 3.234449745074623e-14,
    3.284779855524297e-14, -1.979897727248196e-15,
  ];

  function erfcx(x) {
    const t = (2 * (x - 3.75)) / (x + 3.75);
    let [b1, b2] = [0, 0];
    for (let i = ERFCX.length - 1; i > 0; i -= 1) {
      const b = t * b1 - b2 + ERFCX[i];
      b2 = b1;
      b1 = b;
    }
    return ((t * b1) / 2 - b2 + ERFCX[0]) / (1 + 2 * x);
  }

  const tail = (x) => 0.5 * erfcx(x * Math.SQRT1_2) * exp(-0.5 * x * x); // of x >= 0
  const ndtr = (x) => (x < 0 ? tail(-x) : 1 - tail(x));
  const logNdtr = (x) => (x < 0 ? log(0.5 * erfcx(-x * Math.SQRT1_2)) - 0.5 * x * x : log1p(-tail(x)));
  const ndtri = (p) => bisect((x) => ndtr(x) - p, -40, 40);
  const density = (z) => exp(-0.5 * z * z) / SQRT_2PI;

  // Stirling's series, from 10 on.
  function gammaln(x) {
    if (x < 10) return gammaln(x + 1) - log(x);
    const r = 1 / (x * x);
    const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / x;
    return (x - 0.5) * log(x) - x + LOG_SQRT_2PI + series;
  }

  // Lower tail of Student's t at z < 0, by the continued fraction of the incomplete beta function (DLMF 8.17.22).
  function stdtr(df, z) {
    if (z > 0) return 1 - stdtr(df, -z);
    const [a, b, x] = [0.5 * df, 0.5, df / (df + z * z)];
    if (x > (a + 1) / (a + b + 2)) return bySymmetry(df, z);
    return 0.5 * fraction(a, b, x);
  }

  const bySymmetry = (df, z) => 0.5 * (1 - fraction(0.5, 0.5 * df, (z * z) / (df + z * z)));

  function fraction(a, b, x) {
    let value = 1;
    for (let m = 200; m > 0; m -= 1) {
      const odd = (-(a + m - 1) * (a + b + m - 1) * x) / ((a + 2 * m - 2) * (a + 2 * m - 1));
      const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
      value = 1 + odd / (1 + even / value);
    }
    return exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * log(x) + b * log1p(-x)) / (a * value);
  }

  // Root of a rising function.
  function bisect(f, low, high) {
    for (let i = 0; i < 100; i += 1) {
      const middle = 0.5 * (low + high);
      if (f(middle) < 0) low = middle;
      else high = middle;
    }
    return 0.5 * (low + high);
  }

  // logsumexp of n values, the i-th of which is at(i).
  function logsumexp(n, at) {
    let largest = -Infinity;
    for (let i = 0; i < n; i += 1) largest = max(largest, at(i));
    let total = 0;
    for (let i = 0; i < n; i += 1) total += exp(at(i) - largest);
    return largest + log(total);
  }

  // -------------------------------------------------------------------------------- tau_priors.py and mu_priors.py

  const NEGLIGIBLE_PRIOR = 36;
  const LONGEST = log(1e60);

  // _log_t, up to a constant for normal deviates.
  const logT = (z, df) => (df === null ? -0.5 * z * z - LOG_SQRT_2PI
    : gammaln(0.5 * (df + 1)) - gammaln(0.5 * df) - 0.5 * log(df * Math.PI) - 0.5 * (df + 1) * log1p((z * z) / df));

  const TAU_PRIORS = {
    HalfNormal: ({ scale }) => ({
      atZero: true,
      tail: Infinity,
      centre: scale,
      reach: [0, sqrt(2 * NEGLIGIBLE_PRIOR) * scale],
      log: (tau) => -0.5 * (tau / scale) ** 2,
    }),
    LogTauSquared({ location, scale, df }) {
      const z = df === null ? sqrt(2 * NEGLIGIBLE_PRIOR) : exp(NEGLIGIBLE_PRIOR / (df + 1));
      const ratio = exp(min(0.5 * scale * z, LONGEST));
      const centre = exp(0.5 * location);
      const deviate = (tau) => (2 * log(tau) - location) / scale;
      return {
        atZero: false,
        tail: df === null ? Infinity : 1,
        centre,
        reach: [centre / ratio, centre * ratio],
        log: (tau) => logT(deviate(tau), df) + log(2 / scale) - log(tau),
        cdf: (tau) => (df === null ? ndtr(deviate(tau)) : stdtr(df, deviate(tau))),
      };
    },
    InverseGamma({ shape, scale }) {
      const centre = scale / shape;
      const most = exp(min(NEGLIGIBLE_PRIOR / shape, LONGEST));
      return {
        atZero: false,
        tail: shape + 1,
        centre,
        reach: [scale / (NEGLIGIBLE_PRIOR + shape * (5 + log1p(NEGLIGIBLE_PRIOR))), centre * most],
        log: (tau) => shape * log(scale) - gammaln(shape) - (shape + 1) * log(tau) - scale / tau,
        cdf: () => 0, // below the axis its density falls as exp(-scale/tau): nothing in float64
      };
    },
  };

  const MU_PRIORS = {
    Normal: ({ mean, sd }) => ({
      mean,
      spread: sd,
      information: 1 / sd ** 2,
      reach: sqrt(2 * NEGLIGIBLE_PRIOR) * sd,
      log: (mu) => -0.5 * ((mu - mean) / sd) ** 2,
      normal: true,
    }),
    StudentT: ({ df, mean, scale }) => ({
      mean,
      spread: scale,
      information: (df + 1) / (df + 3) / scale ** 2,
      reach: exp(NEGLIGIBLE_PRIOR / max(1, df)) * scale * sqrt(df),
      log: (mu) => -0.5 * (df + 1) * log1p(((mu - mean) / scale) ** 2 / df),
      normal: false,
    }),
  };

  // ------------------------------------------------------------------------------------------------- panels.py

  const NODES = 16;
  const MISSED = 1e-6;

  // _rule: Gauss–Legendre nodes and weights, by Newton's method.
  const rule = remember((order) => {
    const at = made(order, (i) => {
      let x = -Math.cos((Math.PI * (i + 0.75)) / (order + 0.5));
      for (let step = 0; step < 10; step += 1) {
        const p = legendre(x, order + 1);
        x -= (p[order] * (x * x - 1)) / (order * (x * p[order] - p[order - 1]));
      }
      return x;
    });
    const weight = at.map((x) => (2 * (1 - x * x)) / (order * legendre(x, order)[order - 1]) ** 2);
    return { at, weight };
  });

  // Values of the first n Legendre polynomials.
  function legendre(x, n) {
    const p = new Float64Array(n);
    [p[0], p[1]] = [1, x];
    for (let k = 2; k < n; k += 1) p[k] = ((2 * k - 1) * x * p[k - 1] - (k - 1) * p[k - 2]) / k;
    return p;
  }

  function remember(f) {
    const known = new Map();
    return (key) => known.get(key) ?? known.set(key, f(key)).get(key);
  }

  // graded
  function graded(low, high, [first, last], width, least) {
    const steps = max(1, ceil((last - first) / width));
    const away = Array.from({ length: 63 }, (_, i) => width * (2 ** (i + 1) - 1));
    const core = Array.from({ length: steps + 1 }, (_, i) => first + ((last - first) * i) / steps);
    const every = [...away.map((x) => first - x).reverse(), ...core, ...away.map((x) => last + x)];
    const inside = every.filter((end) => end > low && end < high);
    if (inside.length + 1 < least) return Array.from({ length: least + 1 }, (_, i) => low + ((high - low) * i) / least);
    return [low, ...inside, high];
  }

  // resolving
  function resolving(low, high, features, finer) {
    const found = [low];
    const waiting = [[low, high]];
    while (waiting.length) {
      const [a, b] = waiting.pop();
      const middle = 0.5 * (a + b);
      const smooth = features.every(([place, scale]) => finer * (b - a) <= max(scale, a - place, place - b));
      if (smooth || !(a < middle && middle < b)) found.push(b);
      else waiting.push([middle, b], [a, middle]);
    }
    return found;
  }

  // nodes
  function nodes(ends, order = NODES) {
    const { at, weight } = rule(order);
    const half = (i) => 0.5 * (ends[i + 1] - ends[i]);
    const n = (ends.length - 1) * order;
    const panel = (i) => Math.floor(i / order);
    return [
      made(n, (i) => 0.5 * (ends[panel(i) + 1] + ends[panel(i)]) + half(panel(i)) * at[i % order]),
      made(n, (i) => half(panel(i)) * weight[i % order]),
    ];
  }

  // _series, by Clenshaw's recurrence
  function series(coefficients, x) {
    let [b1, b2] = [0, 0];
    for (let k = coefficients.length - 1; k >= 0; k -= 1) {
      const b = coefficients[k] + ((2 * k + 1) / (k + 1)) * x * b1 - ((k + 1) / (k + 2)) * b2;
      b2 = b1;
      b1 = b;
    }
    return b1;
  }

  // PanelDensity._coefficients: values at the nodes of a panel → Legendre coefficients
  const BASIS = remember(() => {
    const { at, weight } = rule(NODES);
    return made(NODES * NODES, (i) => {
      const [node, k] = [i % NODES, Math.floor(i / NODES)];
      return legendre(at[node], NODES)[k] * weight[node] * (k + 0.5);
    });
  });

  // PanelDensity
  function panelDensity(ends, values) {
    const basis = BASIS();
    const below = [0];
    const parts = [];
    for (let p = 0; p + 1 < ends.length; p += 1) {
      const c = made(NODES, (k) => {
        let total = 0;
        for (let i = 0; i < NODES; i += 1) total += basis[k * NODES + i] * values[p * NODES + i];
        return total;
      });
      const half = 0.5 * (ends[p + 1] - ends[p]);
      const integral = new Float64Array(NODES + 1);
      c.forEach((value, k) => {
        const by = (half * value) / (2 * k + 1);
        integral[k + 1] += by;
        integral[max(k - 1, 0)] += k ? -by : by;
      });
      parts.push({ c, integral });
      below.push(below[p] + sum(integral));
    }
    const local = (x) => {
      const panel = panelOf(ends, x);
      const [low, high] = [ends[panel], ends[panel + 1]];
      return [panel, clamp((2 * x - low - high) / (high - low), -1, 1)];
    };
    return {
      // PanelDensity.follows
      follows() {
        const size = (k) => parts.reduce((most, { c }) => max(most, abs(c[k])), 0);
        const sizes = Array.from({ length: NODES }, (_, k) => size(k));
        return max(...sizes.slice(-2)) < MISSED * max(...sizes);
      },
      pdf(x) {
        const [panel, place] = local(x);
        return x < ends[0] || x > ends.at(-1) ? 0 : max(0, series(parts[panel].c, place));
      },
      cdf(x) {
        const [panel, place] = local(x);
        return below[panel] + series(parts[panel].integral, place);
      },
      quantile(p) {
        if (p <= below[0]) return ends[0];
        if (p >= below.at(-1)) return ends.at(-1);
        const panel = panelOf(below, p);
        const missing = p - below[panel];
        const place = bisect((x) => series(parts[panel].integral, x) - missing, -1, 1);
        return ends[panel] + 0.5 * (ends[panel + 1] - ends[panel]) * (place + 1);
      },
    };
  }

  // The panel that holds x, the first or last one beyond the ends.
  function panelOf(ends, x) {
    let [low, high] = [0, ends.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ends[middle] <= x) low = middle;
      else high = middle;
    }
    return low;
  }

  // ------------------------------------------------------------------------------------------ heterogeneity.py

  const NEGLIGIBLE = 34;
  const CUT = 30;
  const SMALLEST = 1e-6;
  const NEAR = 1e-9;
  const FINEST = 16;

  // fit._axis and TauAxis
  function tauAxis(evidence, prior) {
    const places = evidence.features([0]).map(([place]) => place);
    const unit = min(...evidence.errors, prior.centre);
    const largest = max(...evidence.errors, max(...places) - min(...places));
    const tauAt = (x) => (prior.atZero ? unit * sinh(x) : exp(x));
    const place = (tau) => (prior.atZero ? asinh(tau / unit) : log(tau));
    const [low, high] = prior.reach;
    const around = [unit, largest, prior.centre].sort((a, b) => a - b);
    const core = [prior.atZero ? 0 : place(around[0]) - 2, place(around[2]) + 1.5];
    const none = prior.atZero ? 0 : place(SMALLEST * unit);
    const axisEnds = prior.atZero ? [0, place(high)] : [max(place(low), none), place(max(high, 2 * SMALLEST * unit))];
    const farthest = [min(axisEnds[0], none), max(axisEnds[1], place(exp(LONGEST) * prior.centre))];
    return {
      tauAt,
      ends: axisEnds,
      // TauAxis.nodes: a first node at 0 stands for what lies below the axis
      nodes(first, last, order = NODES, finer = 1) {
        const ends = graded(first, last, core, 1.2 / finer, 6 * finer);
        const [x, weight] = nodes(ends, order);
        const onAxis = x.map(tauAt);
        const logPrior = onAxis.map((tau, i) => prior.log(tau) + log(prior.atZero ? unit * cosh(x[i]) : tau));
        const logWeight = logPrior.map((value, i) => value + log(weight[i]));
        const before = prior.atZero || first > none + NEAR ? 0 : prior.cdf(tauAt(first));
        const extra = before > 0 ? 1 : 0;
        const logDensity = (logValue) => Array.from(logPrior, (value, i) => value + logValue[i + extra]);
        return {
          tau: extra ? Float64Array.of(0, ...onAxis) : onAxis,
          logWeight: extra ? Float64Array.of(log(before), ...logWeight) : logWeight,
          // TauNodes.trimmed
          trimmed(logValue) {
            const at = logDensity(logValue);
            const least = max(...at) - NEGLIGIBLE;
            const inside = (values) => [values.findIndex((v) => v > least), values.findLastIndex((v) => v > least)];
            let [from, to] = inside(at);
            if (prior.tail < Infinity) {
              [, to] = inside(at.map((value, i) => value + 2 * log(max(onAxis[i] / largest, 1))));
            }
            const padded = [ends[0], ...x, ends.at(-1)];
            return [padded[from], padded[to + 2]];
          },
          // TauNodes.wider
          wider(logValue) {
            const at = logDensity(logValue);
            const cut = (value) => value > max(...at) - CUT;
            const more = 0.5 * (last - first);
            const wider = [
              cut(at[0]) ? max(first - more, farthest[0]) : first,
              cut(at.at(-1)) ? min(last + more, farthest[1]) : last,
            ];
            return wider[0] < first || wider[1] > last ? wider : null;
          },
          // TauNodes.follow
          follow(logValue) {
            const at = logDensity(logValue);
            const most = max(...at);
            return panelDensity(ends, at.map((value) => exp(value - most))).follows();
          },
        };
      },
    };
  }

  // located
  function located(axis, logValue) {
    let [low, high] = axis.ends;
    let [taus, values] = [];
    const look = (finer) => {
      taus = axis.nodes(low, high, NODES, finer);
      values = logValue(taus.tau);
    };
    for (let round = 0; round < 4; round += 1) {
      look();
      for (let wider = taus.wider(values); wider; wider = taus.wider(values)) {
        [low, high] = wider;
        look();
      }
      const [left, right] = taus.trimmed(values);
      if (right - left > 0.6 * (high - low)) break;
      [low, high] = [left, right];
    }
    for (let finer = 2; finer <= FINEST && !taus.follow(values); finer *= 2) look(finer);
    return [taus, values];
  }

  // --------------------------------------------------------------- likelihood.py and ../censored_likelihood.py

  const BEND = 2.5;
  const FAR = 9;
  const T_REACH = 34;
  const FARTHEST = 1e8;

  // Stated: numbers {y, v, df}, df null for a normal deviate, and sets, each a list of intervals {low, high, v} of
  // the observed effect (Bound.effect_intervals).
  function stated(numbers, sets) {
    const normal = numbers.filter(({ df }) => df === null);
    const trials = [...numbers.map((one) => (one.df === null ? normalNumber(one) : studentNumber(one))), ...sets.map(setOf)];
    const each = trials.filter((trial) => trial.log);
    const variances = [...numbers.map(({ v }) => v), ...sets.flat().map(({ v }) => v)];
    return {
      kNumeric: numbers.length,
      k: trials.length,
      normal: !each.length,
      numbers: normal,
      errors: variances.map(sqrt),
      // Stated.log: shape (mu, tau), row by row
      log(mu, tau) {
        const found = new Float64Array(mu.length * tau.length);
        tau.forEach((one, j) => {
          const parts = [logNormal(normal, one * one), ...each.map((trial) => trial.log(one * one))];
          for (const part of parts) mu.forEach((m, i) => { found[i * tau.length + j] += part(m); });
        });
        return found;
      },
      // Stated.scores and full_information: observed information of each trial at one place, numbers first
      information: (mu, tau) => trials.map((trial) => clamp(trial.told(mu, tau * tau), 0, 1 / (trial.v + tau * tau))),
      // Stated.features: pairs of place and scale
      features(tau) {
        const least = min(...tau) ** 2;
        const bends = each.flatMap((trial) => trial.bends.map(([place, v]) => [place, BEND * sqrt(v + least)]));
        return bends.concat(Array.from(normal.length ? tau : [], (one) => {
          const w = normal.map(({ v }) => 1 / (v + one * one));
          return [dot(w, normal.map(({ y }) => y)) / sum(w), BEND / sqrt(sum(w))];
        }));
      },
      // Stated.reach
      reach(tau) {
        let away = FAR * hypot(sqrt(max(...numbers.map(({ v }) => v))), tau);
        if (!normal.length) {
          const df = numbers.map((one) => one.df);
          away *= exp(T_REACH / sum(df)) * sqrt(max(...df));
        }
        const y = numbers.map((one) => one.y);
        return [min(...y) - away, max(...y) + away];
      },
    };
  }

  // A trial: `log(t)` gives its log-likelihood as a function of mu, `told(mu, t)` is (f'/f)² - f''/f there, `bends`
  // are the places where it bends with their variances. The logs of normal numbers are summed together.
  const normalNumber = ({ v }) => ({ v, told: (mu, t) => 1 / (v + t) });

  // _log_normal
  function logNormal(numbers, t) {
    if (!numbers.length) return () => 0;
    const w = numbers.map(({ v }) => 1 / (v + t));
    const total = sum(w);
    const mean = sum(numbers.map(({ y }, i) => y * w[i])) / total;
    const squares = sum(numbers.map(({ y }, i) => w[i] * (y - mean) ** 2));
    const constant = 0.5 * sum(w.map(log)) - 0.5 * squares;
    return (mu) => constant - 0.5 * total * (mu - mean) ** 2;
  }

  // _log_t: the t density as a mixture of normals
  function studentNumber({ y, v, df }) {
    const { share, logShare } = chi2Rule(df);
    const mixed = (t) => {
      const half = share.map((each) => 0.5 / (v * each + t)); // of the precision
      return { half, height: logShare.map((each, c) => each + 0.5 * log(2 * half[c])) };
    };
    const logOf = ({ half, height }, d2) => logsumexp(half.length, (c) => height[c] - half[c] * d2);
    return {
      v,
      bends: [[y, v]],
      log(t) {
        const mix = mixed(t);
        const { half, height } = mix;
        return (mu) => {
          const d2 = (y - mu) ** 2;
          const near = -0.5 * (df + 1) * log1p(d2 / (df * (v + t))); // keeps the sum among the numbers
          let total = 0;
          for (let c = 0; c < half.length; c += 1) total += exp(height[c] - half[c] * d2 - near);
          return total > 1e-280 ? log(total) + near : logOf(mix, d2);
        };
      },
      told(mu, t) {
        const mix = mixed(t);
        const value = logOf(mix, (y - mu) ** 2);
        const weight = mix.half.map((each, c) => exp(mix.height[c] - each * (y - mu) ** 2 - value));
        const b = mix.half.map((each) => 2 * each * (y - mu));
        return dot(weight, b) ** 2 - dot(weight, b.map((each, c) => each * each - 2 * mix.half[c]));
      },
    };
  }

  // _chi2_rule
  const chi2Rule = remember((df) => {
    const a = 0.5 * df;
    const excess = (x) => a * (x - expm1(x)) + T_REACH;
    const low = bisect(excess, -T_REACH / a - 1, 0);
    const high = bisect((x) => -excess(x), 0, 1 + log1p(T_REACH / a));
    const n = max(24, ceil((high - low) / 0.25));
    const x = made(n, (i) => low + ((high - low) * i) / (n - 1));
    return { share: x.map((each) => exp(-each)), logShare: x.map((each) => a * (each - expm1(each))) };
  });

  // log_interval: log(Phi(high) - Phi(low)) without cancellation in either tail
  function logInterval(low, high) {
    const above = logNdtr(low > 0 ? -low : high);
    const end = low > 0 ? -high : low;
    return end <= -FARTHEST ? above : above + log(max(-expm1(logNdtr(end) - above), 1e-300));
  }

  // log_sets and ratios: the probability of a set
  function setOf(intervals) {
    const edge = (at, mu, s) => clamp((at - mu) / s, -FARTHEST, FARTHEST);
    const logAt = (t) => {
      const s = intervals.map(({ v }) => sqrt(v + t));
      return (mu) => {
        let value = -Infinity;
        for (let i = 0; i < s.length; i += 1) {
          const { low, high } = intervals[i];
          const one = logInterval(edge(low, mu, s[i]), edge(high, mu, s[i]));
          value = i ? max(value, one) + log1p(exp(-abs(value - one))) : one;
        }
        return value;
      };
    };
    return {
      v: max(...intervals.map(({ v }) => v)),
      bends: intervals.flatMap(({ low, high, v }) => [low, high].filter(Number.isFinite).map((edge) => [edge, v])),
      log: logAt,
      told(mu, t) {
        const whole = logAt(t)(mu) + LOG_SQRT_2PI;
        let [first, second] = [0, 0];
        for (const interval of intervals) {
          const s = sqrt(interval.v + t);
          const [low, high] = [edge(interval.low, mu, s), edge(interval.high, mu, s)];
          const [atLow, atHigh] = [low, high].map((z) => exp(-0.5 * z * z - whole));
          first += (atLow - atHigh) / s;
          second += (low * atLow - high * atHigh) / (s * s);
        }
        return first * first - second;
      },
    };
  }

  // ------------------------------------------------------------------------------------------------ mixture.py

  // conditional
  function conditional(numbers, tau, prior) {
    const origin = numbers.reduce((a, b) => (b.v < a.v ? b : a)).y;
    const found = { mean: [], sd: [], logValue: [] };
    for (const each of tau) {
      const w = numbers.map(({ v }) => 1 / (v + each * each));
      const p = prior ? prior.information : 0;
      const away = prior ? prior.mean - origin : 0;
      const total = sum(w) + p;
      const mean = (sum(numbers.map(({ y }, i) => w[i] * (y - origin))) + p * away) / total;
      const squares = p * (away - mean) ** 2 + sum(numbers.map(({ y }, i) => w[i] * (y - origin - mean) ** 2));
      found.mean.push(mean + origin);
      found.sd.push(1 / sqrt(total));
      found.logValue.push(0.5 * (sum(w.map(log)) - log(total) - squares));
    }
    return found;
  }

  // NormalMixture
  function normalMixture(weight, mean, sd) {
    const total = (f) => weight.reduce((all, w, j) => all + w * f(j), 0);
    const cdf = (x) => total((j) => ndtr((x - mean[j]) / sd[j]));
    const pdf = (x) => total((j) => density((x - mean[j]) / sd[j]) / sd[j]);
    const centre = total((j) => mean[j]);
    return {
      cdf,
      pdf,
      mean: centre,
      sd: sqrt(total((j) => sd[j] ** 2 + (mean[j] - centre) ** 2)),
      // quantiles: Newton's method between bounds that close in
      quantile(p) {
        const z = ndtri(p);
        const least = 1e-18 * weight.reduce((a, b) => max(a, b));
        const places = Array.from(weight, (w, j) => (w > least ? mean[j] + sd[j] * z : NaN)).filter((x) => x === x);
        let [low, high] = [min(...places), max(...places)];
        let x = 0.5 * (low + high);
        for (let step = 0; step < 200; step += 1) {
          const excess = cdf(x) - p;
          if (excess > 0) high = x;
          else low = x;
          let next = x - excess / max(pdf(x), 1e-300);
          if (!(next >= low && next <= high)) next = 0.5 * (low + high);
          if (abs(next - x) <= 1e-13 * max(abs(next), sd[0])) return next;
          x = next;
        }
        return x;
      },
    };
  }

  // --------------------------------------------------------------------------------------------------- grid.py

  const NOTHING = 1e-15;

  // zoomed
  function zoomed(evidence, prior, axis) {
    let [tauLow, tauHigh] = axis.ends;
    let [low, high] = whole(evidence, prior, ladder(axis, tauHigh));
    for (let round = 0; round < 16; round += 1) {
      const found = evaluated(evidence, prior, axis.nodes(tauLow, tauHigh, 6), low, high, 6);
      const wider = found.taus.wider(found.logValue);
      if (wider) {
        [tauLow, tauHigh] = wider;
        [low, high] = whole(evidence, prior, ladder(axis, tauHigh));
        continue;
      }
      const [newLow, newHigh] = trimmedMu(found);
      const [newTauLow, newTauHigh] = found.taus.trimmed(found.logValue);
      const settled = newHigh - newLow > 0.5 * (high - low) && newTauHigh - newTauLow > 0.5 * (tauHigh - tauLow);
      [low, high, tauLow, tauHigh] = [newLow, newHigh, newTauLow, newTauHigh];
      if (settled) break;
    }
    for (let [taus, mus] = [1, 1]; ;) {
      const found = evaluated(evidence, prior, axis.nodes(tauLow, tauHigh, NODES, taus), low, high, NODES, mus);
      if (taus < FINEST && !found.taus.follow(found.logValue)) taus *= 2;
      else if (mus < FINEST && !densityOfMu(found).follows()) mus *= 2;
      else return found;
    }
  }

  // Grid.density
  const densityOfMu = ({ ends, step, perMu }) => panelDensity(ends, perMu.map((value, i) => value / step[i]));

  // _taus
  function ladder(axis, last) {
    const [first] = axis.ends;
    return [0, ...Array.from({ length: 100 }, (_, i) => axis.tauAt(first + ((last - first) * i) / 99))];
  }

  // _all
  function whole(evidence, prior, taus) {
    if (!prior) return evidence.reach(taus.at(-1));
    const features = evidence.features(taus).map(([place, scale]) => [place, min(4 * scale, prior.reach)]);
    return [
      min(...features.map(([place, away]) => place - away), prior.mean - prior.reach),
      max(...features.map(([place, away]) => place + away), prior.mean + prior.reach),
    ];
  }

  // _evaluated
  function evaluated(evidence, prior, taus, low, high, order, finer = 1) {
    const features = evidence.features(taus.tau);
    if (prior) features.push([prior.mean, 2 * prior.spread]);
    const ends = resolving(low, high, features, finer);
    const [mu, step] = nodes(ends, order);
    const J = taus.tau.length;
    const weight = evidence.log(mu, taus.tau);
    mu.forEach((m, i) => {
      const more = (prior ? prior.log(m) : 0) + log(step[i]);
      for (let j = 0; j < J; j += 1) weight[i * J + j] += more;
    });
    const logValue = made(J, (j) => logsumexp(mu.length, (i) => weight[i * J + j]));
    const marginal = logsumexp(J, (j) => logValue[j] + taus.logWeight[j]);
    weight.forEach((value, at) => { weight[at] = exp(value + taus.logWeight[at % J] - marginal); });
    const perMu = made(mu.length, (i) => sum(weight.subarray(i * J, (i + 1) * J)));
    return { ends, mu, step, taus, weight, perMu, logValue, order };
  }

  // _trimmed
  function trimmedMu({ ends, perMu, order }) {
    const of = Array.from({ length: ends.length - 1 }, (_, p) => sum(perMu.subarray(p * order, (p + 1) * order)));
    const firstOver = (values) => {
      let total = 0;
      return values.findIndex((value) => (total += value) > NOTHING);
    };
    return [ends[firstOver(of)], ends[ends.length - 1 - firstOver([...of].reverse())]];
  }

  // GridMean
  function gridMean(grid) {
    const { mu, perMu } = grid;
    const law = densityOfMu(grid);
    const mean = mu.reduce((total, m, i) => total + m * perMu[i], 0);
    return {
      ...law,
      cdf: (x) => clamp(law.cdf(x), 0, 1),
      mean,
      sd: sqrt(mu.reduce((total, m, i) => total + perMu[i] * (m - mean) ** 2, 0)),
    };
  }

  // GridBlur, of mu plus a normal deviate of SD tau
  function gridBlur({ ends, mu, step, taus, weight }) {
    const J = taus.tau.length;
    const ofTau = remember((j) => panelDensity(ends, mu.map((_, i) => weight[i * J + j] / step[i])));
    const deviates = Array.from({ length: 59 }, (_, i) => 0.3 * (i - 29));
    const at = (x, one, near) => {
      const panel = panelOf(ends, x);
      const length = ends[panel + 1] - ends[panel];
      let total = 0;
      taus.tau.forEach((tau, j) => {
        if (tau < 0.4 * length) {
          const law = ofTau(j);
          for (const z of deviates) total += 0.3 * density(z) * near(law, x - tau * z);
          return;
        }
        for (let i = 0; i < mu.length; i += 1) {
          const w = weight[i * J + j];
          if (w > 1e-13) total += w * one((x - mu[i]) / tau, tau);
        }
      });
      return total;
    };
    return {
      cdf: (x) => at(x, ndtr, (law, place) => law.cdf(place)),
      pdf: (x) => at(x, (z, tau) => density(z) / tau, (law, place) => law.pdf(place)),
    };
  }

  // ---------------------------------------------------------------------------------------------------- fit.py

  // _shares: percent of the trials' information about mu, over pairs of a weight and each trial's information
  function shares(pairs, prior, k) {
    const found = new Float64Array(k);
    for (const [weight, told] of pairs) {
      const total = max(sum(told) + (prior ? prior.information : 0), 1e-300);
      told.forEach((each, i) => { found[i] += (weight * each) / total; });
    }
    const all = sum(found);
    return Array.from(found, (share) => (100 * share) / all);
  }

  // by_mixture
  function byMixture(evidence, tauPrior, prior) {
    const [taus, logValue] = located(tauAxis(evidence, tauPrior), (tau) => conditional(evidence.numbers, tau, prior).logValue);
    const joint = logValue.map((value, j) => value + taus.logWeight[j]);
    const marginal = logsumexp(joint.length, (j) => joint[j]);
    const weight = joint.map((value) => exp(value - marginal));
    const { mean, sd } = conditional(evidence.numbers, taus.tau, prior);
    return {
      mu: normalMixture(weight, mean, sd),
      fresh: normalMixture(weight, mean, sd.map((each, j) => hypot(each, taus.tau[j]))),
      weights: () => shares(weight.map((w, j) => [w, evidence.information(0, taus.tau[j])]), prior, evidence.k),
    };
  }

  // by_grid
  function byGrid(evidence, tauPrior, prior) {
    const grid = zoomed(evidence, prior, tauAxis(evidence, tauPrior));
    const { tau } = grid.taus;
    const pairs = function* pairs() {
      for (let at = 0; at < grid.weight.length; at += 1) {
        const w = grid.weight[at];
        if (w > 1e-12) yield [w, evidence.information(grid.mu[Math.floor(at / tau.length)], tau[at % tau.length])];
      }
    };
    return {
      mu: gridMean(grid),
      fresh: gridBlur(grid),
      weights: () => shares(pairs(), prior, evidence.k),
    };
  }

  // bayes: numbers {y, v, df?}; sets as lists of {low, high, v}, a missing end open; priors as in Python, by kind.
  function bayes(numbers, sets, priors) {
    const held = numbers.map((one) => ({ ...one, df: one.df ?? null }));
    const open = sets.map((set) => set.map(({ low, high, v }) => ({ low: low ?? -Infinity, high: high ?? Infinity, v })));
    const evidence = stated(held, open);
    const prior = priors.mu && MU_PRIORS[priors.mu.kind](priors.mu);
    const tauPrior = TAU_PRIORS[priors.tau.kind](priors.tau);
    if (!evidence.k || !(prior || numbers.length)) throw new RangeError("no evidence, or a flat prior without a number");
    const fit = evidence.normal && (!prior || prior.normal) ? byMixture : byGrid;
    const { mu, fresh, weights } = fit(evidence, tauPrior, prior);
    return {
      kNumeric: evidence.kNumeric,
      mean: mu.mean,
      sd: mu.sd,
      median: mu.quantile(0.5),
      interval: (level = 0.95) => [mu.quantile(0.5 * (1 - level)), mu.quantile(0.5 * (1 + level))],
      probability: (below) => mu.cdf(below),
      newStudy: (below) => fresh.cdf(below),
      density: (x) => mu.pdf(x),
      predictiveDensity: (x) => fresh.pdf(x),
      weights,
    };
  }

  return { bayes };
})();
