#!/usr/bin/env python3
"""Golden values for the sweep's samplers: textbook formulas, NumPy float64 and SciPy, and nothing from cachegrad.

    python3 test/golden/sweep.py           rewrites sweep.json beside this script
    python3 test/golden/sweep.py --check   recomputes and compares with it; writes nothing

Sources
  [joe]      Joe & Kuo 2008, new-joe-kuo-6.21201, through scipy.stats.qmc.Sobol (unscrambled)
  [bergstra] Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization, section 4: a truncated normal for
             each observation and for the prior, as wide as the farther neighbour is away, clipped
  [hyperopt] Bergstra, Yamins & Cox 2013: widths within prior/min(100, 1 + n) and the prior's, weights of old
             observations on a ramp from 1/n to 1, the last 25 are 1; choices: weighted counts + 1 each
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from scipy.stats import norm, qmc, truncnorm

OUT = Path(__file__).resolve().parent / "sweep.json"


def sobol():
    points = qmc.Sobol(64, scramble=False, bits=32).random(1024)
    return [{"n": n, "x": (points[n] * 2**32).astype(np.int64).tolist()} for n in (1, 2, 3, 77, 512, 1023)]


def ramp(n):
    if n < 25:
        return np.ones(n)
    return np.concatenate([np.linspace(1 / n, 1, n - 25), np.ones(25)])


def mixture(low, high, prior_mean, prior_std, places):
    """Weights, means and widths of the components, sorted by mean."""
    means = np.append(places, prior_mean)
    weights = np.append(ramp(len(places)), 1.0)
    order = np.argsort(means, kind="stable")
    is_prior = order == len(places)
    means, weights = means[order], weights[order]
    left = np.diff(means, prepend=means[0])
    right = np.diff(means, append=means[-1])
    widths = np.clip(np.maximum(left, right), prior_std / min(100, 1 + len(means)), prior_std)
    widths[is_prior] = prior_std
    return weights / weights.sum(), means, widths


def parts(low, high, means, widths):
    return truncnorm((low - means) / widths, (high - means) / widths, loc=means, scale=widths)


def continuous(low, high, prior_mean, prior_std, places, at):
    weights, means, widths = mixture(low, high, prior_mean, prior_std, places)
    bells = parts(low, high, means, widths)
    return [float(weights @ bells.pdf(t)) for t in at]


def cells(low, high, prior_mean, prior_std, places, edges):
    weights, means, widths = mixture(low, high, prior_mean, prior_std, places)
    bells = parts(low, high, means, widths)
    return [float(weights @ (bells.cdf(b) - bells.cdf(a))) for a, b in edges]


def parzen():
    few = [0.2, 0.9, 0.25, 0.26, 0.7]
    many = [((37 * i) % 101) / 101 for i in range(60)]
    at = [0.0, 0.01, 0.2, 0.255, 0.5, 0.83, 1.0]
    cases = []
    for name, seen in (("none", []), ("few", few), ("many", many)):
        seen = np.array(seen)
        # uniform(-2, 3)
        values, points = -2 + 5 * seen, [-2 + 5 * t for t in at]
        cases.append({
            "name": f"uniform {name}", "domain": {"kind": "uniform", "low": -2, "high": 3}, "seen": values.tolist(),
            "at": points, "density": continuous(-2, 3, 0.5, 5, values, points),
        })
        # logUniform(1e-5, 0.1): on the axis of the logarithm
        a, b = math.log(1e-5), math.log(0.1)
        values, points = np.exp(a + (b - a) * seen), np.exp([a + (b - a) * t for t in at]).clip(1e-5, 0.1)
        cases.append({
            "name": f"logUniform {name}", "domain": {"kind": "logUniform", "low": 1e-5, "high": 0.1},
            "seen": values.tolist(), "at": points.tolist(),
            "density": continuous(a, b, (a + b) / 2, b - a, np.log(values), np.log(points)),
        })
        # normal(1, 2), cut at 9 standard deviations
        values, points = norm.ppf(seen.clip(0.01, 0.99), 1, 2), [-16.0, -3.0, 0.5, 1.0, 4.0]
        cases.append({
            "name": f"normal {name}", "domain": {"kind": "normal", "mean": 1, "std": 2}, "seen": values.tolist(),
            "at": points, "density": continuous(-17, 19, 1, 2, values, points),
        })
        # int(10, 40, step 5): each value owns half a step on both sides
        values, points = 10 + 5 * np.round(6 * seen), [10, 15, 20, 25, 30, 35, 40]
        cases.append({
            "name": f"int {name}", "domain": {"kind": "int", "low": 10, "high": 40, "step": 5, "log": False},
            "seen": values.tolist(), "at": points,
            "density": cells(7.5, 42.5, 25, 35, values, [(v - 2.5, v + 2.5) for v in points]),
        })
        # int(1, 64, log)
        a, b = math.log(0.5), math.log(64.5)
        values, points = np.round(np.exp(4.1 * seen)), [1, 2, 3, 8, 30, 64]
        cases.append({
            "name": f"int log {name}", "domain": {"kind": "int", "low": 1, "high": 64, "step": 1, "log": True},
            "seen": values.tolist(), "at": points,
            "density": cells(a, b, (a + b) / 2, b - a, np.log(values),
                             [(math.log(v - 0.5), math.log(v + 0.5)) for v in points]),
        })
        # choice of three
        values = np.floor(3 * seen).astype(int)
        counts = 1 + np.bincount(values, weights=ramp(len(values)), minlength=3)
        cases.append({
            "name": f"choice {name}", "domain": {"kind": "choice", "choices": ["a", "b", "c"]},
            "seen": ["abc"[v] for v in values], "at": ["a", "b", "c"], "density": (counts / counts.sum()).tolist(),
        })
    return cases


def functions():
    z = np.concatenate([np.linspace(-8, 8, 33), [1.96, -1.6448536269514722]])
    x = np.concatenate([np.linspace(-700, 700, 29), [1e-9, -0.3, 0.34657359, 1.0]])
    return {"z": z.tolist(), "normalCdf": norm.cdf(z).tolist(), "x": x.tolist(), "exp": np.exp(x).tolist()}


golden = {"sobol": sobol(), "parzen": parzen(), "functions": functions()}


def agree(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(agree(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(agree, a, b))
    return a == b or (isinstance(a, float) and math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300))


if "--check" in sys.argv[1:]:
    if not agree(golden, json.loads(OUT.read_text())):
        sys.exit("sweep.json differs")
    print("sweep.json agrees")
else:
    OUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
