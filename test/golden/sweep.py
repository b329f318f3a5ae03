#!/usr/bin/env python3
"""Golden values for the sweep's samplers: textbook formulas, NumPy float64 and SciPy, and nothing from cachegrad.

    python3 test/golden/sweep.py           rewrites sweep.json beside this script
    python3 test/golden/sweep.py --check   recomputes and compares with it; writes nothing

Sources
  [joe]      Joe & Kuo 2008, new-joe-kuo-6.21201, through scipy.stats.qmc.Sobol (unscrambled)
  [bergstra] Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization, section 4: a truncated normal for
             each observation and for the prior
  [bohb]     Falkner, Klein & Hutter 2018: one density of all parameters, a product of kernels for each observation;
             where an observation lacks a parameter, the kernel is the prior's
  [scott]    Scott 1992: widths fall as n^(-1/(d + 4)); here 0.1 of the prior's width times that
  [hyperopt] Bergstra, Yamins & Cox 2013: widths at least prior/min(100, 1 + number of bells), weights of old
             observations on a ramp from 1/n to 1, the last 25 are 1
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


def bells(prior, low, high, places, d):
    """The kernels' distributions, the prior's last; prior and places are on the axis, NaN where there is no value."""
    places = np.asarray(places, dtype=float)
    n = np.count_nonzero(~np.isnan(places))
    width = prior[1] * max(1 / min(100, 2 + n), 0.1 * max(n, 1) ** (-1 / (d + 4)))
    absent = np.append(np.isnan(places), True)
    means = np.where(absent, prior[0], np.append(places, 0.0))
    widths = np.where(absent, prior[1], width)
    return truncnorm((low - means) / widths, (high - means) / widths, loc=means, scale=widths)


def weights(n):
    w = np.append(ramp(n), 1.0)
    return w / w.sum()


def flat(low, high):
    return (low + high) / 2, high - low


def continuous(low, high, prior, places, at):
    kernels = bells(prior, low, high, places, 1)
    return [float(weights(len(places)) @ kernels.pdf(t)) for t in at]


def cells(low, high, places, edges):
    kernels = bells(flat(low, high), low, high, places, 1)
    return [float(weights(len(places)) @ (kernels.cdf(b) - kernels.cdf(a))) for a, b in edges]


def choice_kernels(seen, choice, count):
    """The kernels' probabilities of a choice; seen is NaN where there is none."""
    n = len(seen) + 1
    hits = np.append(np.asarray(seen, dtype=float) == choice, False)
    absent = np.append(np.isnan(np.asarray(seen, dtype=float)), True)
    return np.where(absent, 1 / count, (hits + 1 / n) / (1 + count / n))


def joint():
    """rule: choice(['sgd', 'adam']); x: when('rule', ['sgd'], uniform(0, 1)); y: int(1, 6)"""
    rules = [i % 3 % 2 for i in range(30)]
    xs = [((7 * i) % 31) / 31 if rule == 0 else math.nan for i, rule in enumerate(rules)]
    ys = [1 + (5 * i) % 6 for i in range(30)]
    space = {
        "rule": {"kind": "choice", "choices": ["sgd", "adam"]},
        "x": {"kind": "when", "parent": "rule", "values": ["sgd"],
              "domain": {"kind": "uniform", "low": 0, "high": 1}},
        "y": {"kind": "int", "low": 1, "high": 6, "step": 1, "log": False},
    }
    names = ["sgd", "adam"]

    def params(rule, x, y):
        return {"rule": names[rule], "y": y} if rule == 1 else {"rule": names[rule], "x": x, "y": y}

    x_kernels, y_kernels = bells(flat(0, 1), 0, 1, xs, 3), bells(flat(0.5, 6.5), 0.5, 6.5, ys, 3)

    def density(rule, x, y):
        terms = weights(30) * choice_kernels(rules, rule, 2) * (y_kernels.cdf(y + 0.5) - y_kernels.cdf(y - 0.5))
        return float(np.sum(terms if rule == 1 else terms * x_kernels.pdf(x)))

    at = [(0, 0.0, 1), (0, 0.3, 4), (0, 0.9, 6), (1, math.nan, 2), (1, math.nan, 5)]
    return {
        "name": "three parameters, one of them conditional", "space": space,
        "seen": [params(*row) for row in zip(rules, xs, ys)],
        "at": [params(*row) for row in at], "density": [density(*row) for row in at],
    }


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
            "at": points, "density": continuous(-2, 3, flat(-2, 3), values, points),
        })
        # logUniform(1e-5, 0.1): on the axis of the logarithm
        a, b = math.log(1e-5), math.log(0.1)
        values, points = np.exp(a + (b - a) * seen), np.exp([a + (b - a) * t for t in at]).clip(1e-5, 0.1)
        cases.append({
            "name": f"logUniform {name}", "domain": {"kind": "logUniform", "low": 1e-5, "high": 0.1},
            "seen": values.tolist(), "at": points.tolist(),
            "density": continuous(a, b, flat(a, b), np.log(values), np.log(points)),
        })
        # normal(1, 2), cut at 9 standard deviations
        values, points = norm.ppf(seen.clip(0.01, 0.99), 1, 2), [-16.0, -3.0, 0.5, 1.0, 4.0]
        cases.append({
            "name": f"normal {name}", "domain": {"kind": "normal", "mean": 1, "std": 2}, "seen": values.tolist(),
            "at": points, "density": continuous(-17, 19, (1, 2), values, points),
        })
        # int(10, 40, step 5): each value owns half a step on both sides
        values, points = 10 + 5 * np.round(6 * seen), [10, 15, 20, 25, 30, 35, 40]
        cases.append({
            "name": f"int {name}", "domain": {"kind": "int", "low": 10, "high": 40, "step": 5, "log": False},
            "seen": values.tolist(), "at": points,
            "density": cells(7.5, 42.5, values, [(v - 2.5, v + 2.5) for v in points]),
        })
        # int(1, 64, log)
        a, b = math.log(0.5), math.log(64.5)
        values, points = np.round(np.exp(4.1 * seen)), [1, 2, 3, 8, 30, 64]
        cases.append({
            "name": f"int log {name}", "domain": {"kind": "int", "low": 1, "high": 64, "step": 1, "log": True},
            "seen": values.tolist(), "at": points,
            "density": cells(a, b, np.log(values),
                             [(math.log(v - 0.5), math.log(v + 0.5)) for v in points]),
        })
        # choice of three
        values = np.floor(3 * seen).astype(int)
        cases.append({
            "name": f"choice {name}", "domain": {"kind": "choice", "choices": ["a", "b", "c"]},
            "seen": ["abc"[v] for v in values], "at": ["a", "b", "c"],
            "density": [float(weights(len(values)) @ choice_kernels(values, c, 3)) for c in range(3)],
        })
    return [joint()] + [
        {
            "name": case["name"], "space": {"x": case["domain"]}, "density": case["density"],
            "seen": [{"x": x} for x in case["seen"]], "at": [{"x": x} for x in case["at"]],
        }
        for case in cases
    ]


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
