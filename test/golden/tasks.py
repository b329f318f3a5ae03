#!/usr/bin/env python3
"""Golden values of what nets are trained for: metrics of scikit-learn, losses of PyTorch, a regression in NumPy float64.

    python3 test/golden/tasks.py           rewrites tasks.json
    python3 test/golden/tasks.py --check   recomputes and compares; writes nothing

It needs NumPy, scikit-learn and PyTorch (Debian: python3-sklearn, python3-torch). Inputs are drawn as golden.py draws them.
"""

import sys
import warnings

import numpy as np
import sklearn.metrics as metrics
import torch
from golden import HERE, RULES, case, draw, draw_labels, plain, same, softmax, text, zero_slots
from sklearn.preprocessing import StandardScaler

import json

warnings.filterwarnings('ignore')  # classes that are absent: what is meant here


def averages(y, predicted, labels):
    perClass = metrics.precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0)
    out = dict(zip(['precision', 'recall', 'f1', 'support'], perClass))
    for average in ['macro', 'micro']:
        three = metrics.precision_recall_fscore_support(y, predicted, labels=labels, average=average, zero_division=0)[:3]
        out[average] = dict(zip(['precision', 'recall', 'f1'], map(float, three)))
    return {name: [float(v) for v in value] if isinstance(value, np.ndarray) else value for name, value in out.items()}


def scores():
    cases = []

    # Class 3 is never predicted, class 4 is never there.
    y = [label % 4 for label in draw_labels('precision.y', 60, 97)]
    predicted = [[0, 1, 2, 4][label % 4] if i % 3 else label % 3 for i, label in enumerate(y)]
    cases.append(case('precisionRecall', {'predicted': predicted, 'y': y, 'numClasses': 5}, averages(y, predicted, range(5))))

    truth = (draw('multiLabel.y', 40, 4) > 0.7).astype(float)
    found = (draw('multiLabel.p', 40, 4) + truth > 0.8).astype(float)
    found[:, 3] = 0
    cases.append(case('multiLabelPrecisionRecall', {'predicted': found, 'y': truth}, averages(truth, found, range(4))))

    s, labels = draw('topK.s', 50, 6), draw_labels('topK.y', 50, 6)
    for k in [1, 2, 5, 6]:
        value = metrics.top_k_accuracy_score(labels, s, k=k, labels=range(6))
        cases.append(case(f'topKAccuracy{k}', {'scores': s, 'y': labels, 'k': k}, {'value': float(value)}))

    yes = [int(v > 0) for v in draw('auc.y', 80)]
    plain_scores = draw('auc.s', 80) + np.array(yes)
    tied = np.round(plain_scores * 2) / 2
    for name, v in [('rocAuc', plain_scores), ('rocAucTied', tied), ('rocAucEqual', np.zeros(80)), ('rocAucWrong', -plain_scores)]:
        cases.append(case(name, {'scores': v, 'y': yes}, {'value': float(metrics.roc_auc_score(yes, v))}))

    p = softmax(draw('logLoss.x', 30, 4, scale=6))
    many = draw_labels('logLoss.y', 30, 4)
    sure = np.eye(4)[[label if i % 5 else (label + 1) % 4 for i, label in enumerate(many)]]
    one = 1 / (1 + np.exp(-draw('logLoss.one', 30, scale=5)))
    some = [int(v > 0) for v in draw('logLoss.some', 30)]
    for name, prob, truth in [('logLoss', p, many), ('logLossSure', sure, many), ('logLossOneColumn', one[:, None], some), ('logLossVector', one, some)]:
        value = metrics.log_loss(truth, prob[:, 0] if prob.shape[1:] == (1,) else prob, labels=sorted(set(truth)), eps=2**-52)
        cases.append(case(name, {'p': prob, 'y': truth}, {'value': float(value)}))

    t = draw('regression.y', 25, 3, scale=8) * np.array([1, 10, 0.1])
    q = t + draw('regression.e', 25, 3, scale=1) * np.array([1, 20, 0.1])
    constant = np.full((25, 1), 3.0)
    for name, a, b in [
        ('regression', q, t),
        ('regressionOne', q[:, 0], t[:, 0]),
        ('regressionConstant', constant + 0.5, constant),
        ('regressionConstantHit', np.hstack([q[:, :1], constant]), np.hstack([t[:, :1], constant])),
        ('regressionWorse', -5 * t, t),
    ]:
        cases.append(case(name, {'predicted': a, 'y': b}, {
            'mae': float(metrics.mean_absolute_error(b, a)),
            'rmse': float(metrics.mean_squared_error(b, a, squared=False)),
            'r2': float(metrics.r2_score(b, a)),
        }))

    x = draw('standardize.x', 30, 4, scale=3) * np.array([1, 1000, 0.001, 0]) + np.array([0, 5e5, -1, 7])
    scaler = StandardScaler().fit(x)
    cases.append(case('standardize', {'x': x, 'raw': x[:3] * 1.5}, {
        'mean': scaler.mean_, 'scale': 1 / scaler.scale_, 'x': scaler.transform(x), 'transformed': scaler.transform(x[:3] * 1.5),
    }))
    return cases


def losses():
    """Cross entropy with smoothed labels and weights of classes: PyTorch's CrossEntropyLoss."""
    cases, s, y = [], draw('smooth.x', 12, 4, scale=3), draw_labels('smooth.y', 12, 4)
    weights = np.array([0.5, 2.0, 1.0, 3.0])
    for name, smoothing, w in [('smoothed', 0.1, None), ('weighted', 0.0, weights), ('smoothedAndWeighted', 0.2, weights)]:
        x = torch.tensor(s, requires_grad=True)
        loss = torch.nn.CrossEntropyLoss(weight=None if w is None else torch.tensor(w), label_smoothing=smoothing)(x, torch.tensor(y))
        loss.backward()
        options = {'labelSmoothing': smoothing, **({} if w is None else {'classWeights': w.tolist()})}
        cases.append(case(name, {'x': s, 'y': y, 'options': options}, {'loss': loss.item(), 'dx': x.grad.numpy()}))
    return cases


def regression_net(name, loss_gradient, rule, learning_rate, reg):
    """affine - relu - affine with two outputs, all rows a step, 50 steps"""
    x = draw(f'{name}.x', 20, 3)
    y = np.stack([x @ [1.0, -2.0, 0.5], np.sin(x[:, 0]) + x[:, 1] ** 2], axis=1)
    params = {f'{n}': draw(f'{name}.{n}', *shape, scale=0.75) for n, shape in [('W1', (3, 8)), ('b1', (8,)), ('W2', (8, 2)), ('b2', (2,))]}
    start, config = params, {'learningRate': learning_rate, **RULES[rule][2]}
    slots, history = {n: zero_slots(rule, w) for n, w in params.items()}, []
    for _ in range(50):
        hidden = np.maximum(x @ params['W1'] + params['b1'], 0)
        loss, dout = loss_gradient(hidden @ params['W2'] + params['b2'], y)
        history.append(float(loss + 0.5 * reg * sum((params[w] ** 2).sum() for w in ['W1', 'W2'])))
        dhidden = (dout @ params['W2'].T) * (hidden > 0)
        grads = {'W1': x.T @ dhidden + reg * params['W1'], 'b1': dhidden.sum(0), 'W2': hidden.T @ dout + reg * params['W2'], 'b2': dout.sum(0)}
        for n, w in params.items():
            after, slots[n] = RULES[rule][0](w, grads[n], config, slots[n])
            params = {**params, n: after}
    out = np.maximum(x @ params['W1'] + params['b1'], 0) @ params['W2'] + params['b2']
    return case(name, {'x': x, 'y': y, 'params': start, 'rule': rule, 'learningRate': learning_rate, 'reg': reg},
                {'losses': history, 'params': params, 'out': out, 'r2': float(metrics.r2_score(y, out))})


def mse(out, y):
    return ((out - y) ** 2).mean(), 2 * (out - y) / y.size


def huber(out, y):
    d = np.abs(out - y)
    return np.where(d <= 1, 0.5 * d**2, d - 0.5).mean(), np.clip(out - y, -1, 1) / y.size


def main():
    cases = [*scores(), *losses(),
             regression_net('regressionNet', mse, 'sgdMomentum', 1e-2, 1e-3),
             regression_net('regressionNetHuber', huber, 'adam', 1e-2, 0.0)]
    content = plain({'about': 'Metrics of scikit-learn, losses of PyTorch, two-output regressions in NumPy.', 'cases': cases})
    path = HERE / 'tasks.json'
    if '--check' in sys.argv[1:]:
        same(content, json.loads(path.read_text()), path.name)
    else:
        path.write_text(text(content) + '\n', encoding='utf-8')
    print(f'{path.name}: {len(cases)} cases, {path.stat().st_size / 1000:.1f} KB')


if __name__ == '__main__':
    main()
