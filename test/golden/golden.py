#!/usr/bin/env python3
"""Golden values for cachegrad: textbook formulas in NumPy float64, and nothing from cachegrad.

    python3 test/golden/golden.py           rewrites the JSON files beside this script
    python3 test/golden/golden.py --check   recomputes and compares with them; writes nothing

Every gradient below is checked twice before it is written, against a complex step and against a
central difference, so the script stops if a golden value is wrong. It needs NumPy only; with mpmath
it also computes the quantile, log and exp values of philox.json, and without mpmath it keeps them.

Sources
  [cs231n]   https://cs231n.github.io: optimization-2 (backward passes), linear-classify (losses),
             neural-networks-3 (update rules), and the assignments' layers.py and optim.py
  [saitoh]   Saitoh 2016, Deep Learning from Scratch, ch. 5 (multiplication and addition nodes)
  [hendrycks] Hendrycks & Gimpel 2016, arXiv 1606.08415       [maas]  Maas et al. 2013 (leaky ReLU)
  [ioffe]    Ioffe & Szegedy 2015, arXiv 1502.03167           [ba]    Ba, Kiros & Hinton 2016, arXiv 1607.06450
  [srivastava] Srivastava et al. 2014, JMLR 15 (dropout)      [duchi] Duchi et al. 2011 (Adagrad)
  [hinton]   Hinton 2012, Coursera lecture 6e (RMSProp)       [sutskever] Sutskever et al. 2013 (Nesterov)
  [kingma]   Kingma & Ba 2015, arXiv 1412.6980                [loshchilov] Loshchilov & Hutter 2019, arXiv 1711.05101
  [sgdr]     Loshchilov & Hutter 2017, arXiv 1608.03983       [smith] Smith & Topin 2018, arXiv 1708.07120
  [salmon]   Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3 (Philox, Random123)
  [huber]    Huber 1964, Robust estimation of a location parameter
  [squire]   Squire & Trapp 1998, Using Complex Variables to Estimate Derivatives of Real Functions
"""

import json
import math
import sys
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np

try:
    import mpmath
except ImportError:
    mpmath = None

HERE = Path(__file__).resolve().parent
EPS = 1e-5  # of batchnorm and layernorm


# ───────────────────────────────────────────── inputs ─────────────────────────────────────────────


def lcg(name):
    """Endless 32-bit words: Knuth's MMIX linear congruential generator, seeded by a name, so that
    adding a case changes no other case."""
    state = zlib.crc32(name.encode())
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield state >> 32


def draw(name, *shape, scale=2.0, around=0.0):
    """Uniform in around ± scale, on multiples of 1/1024: exact in float32 as well, and short to print."""
    words, top = lcg(name), int(scale * 1024)
    data = [(next(words) % (2 * top + 1) - top) / 1024 + around for _ in range(math.prod(shape))]
    return np.array(data).reshape(shape)


def draw_labels(name, n, classes):
    words = lcg(name)
    return [next(words) % classes for _ in range(n)]


def draw_permutation(words, n):
    order = list(range(n))
    for i in range(n - 1, 0, -1):  # Fisher & Yates
        j = next(words) % (i + 1)
        order[i], order[j] = order[j], order[i]
    return order


# ───────────────────────────────────────── gradient checks ────────────────────────────────────────


def distance(a, b):
    """max |a − b| / (1 + |a| + |b|)"""
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape, f'shapes {a.shape} and {b.shape}'
    return float(np.max(np.abs(a - b) / (1 + np.abs(a) + np.abs(b)), initial=0.0))


def close(what, a, b, tolerance):
    assert np.all(np.isfinite(a)), f'{what}: not finite'
    assert distance(a, b) < tolerance, f'{what}: off by {distance(a, b):.3g}, allowed {tolerance:g}'


def complex_step(loss, x, h=1e-30):
    """∂loss/∂x = Im loss(x + ih) / h: no subtraction, so exact to rounding [squire]"""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        z = x.astype(complex)
        z[i] += 1j * h
        gradient[i] = loss(z).imag / h
    return gradient


def central_difference(loss, x, h):
    """∂loss/∂x ≈ (8(f₊₁ − f₋₁) − (f₊₂ − f₋₂)) / 12h, error O(h⁴)"""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):

        def at(k):
            z = x.copy()
            z[i] += k * h
            return loss(z)

        gradient[i] = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
    return gradient


def check_gradient(what, loss, x, analytic, h=1e-4, analytic_function=True, smooth=True):
    """`smooth` masks the coordinates where a derivative exists (a relu has none at exactly 0)."""
    x, analytic = np.asarray(x, float), np.asarray(analytic)
    smooth = np.broadcast_to(smooth, x.shape)
    if analytic_function:
        close(f'{what}, complex step', analytic[smooth], complex_step(loss, x)[smooth], 1e-12)
    close(f'{what}, central difference', analytic[smooth], central_difference(loss, x, h)[smooth], 1e-8)


def layer_case(name, forward, backward, inputs, dout, note=None, **how):
    """A golden case of one layer. `backward` returns {'d' + input name: gradient}; each is checked."""
    outputs = forward(**inputs)
    grads = backward(dout, **inputs)
    for of, grad in grads.items():
        wrt = of[1:]
        assert np.shape(grad) == np.shape(inputs[wrt]), f'{name}: shape of {of}'

        def loss(value):
            return np.sum(forward(**{**inputs, wrt: value})['out'] * dout)

        check_gradient(f'{name}.{of}', loss, inputs[wrt], grad, **how)
    return case(name, {**inputs, 'dout': dout}, {**outputs, **grads}, note)


def case(name, inputs, outputs, note=None):
    return {'name': name, **({'note': note} if note else {}), 'inputs': inputs, 'outputs': outputs}


# ───────────────────────────────────────────── layers ─────────────────────────────────────────────
# All functions take complex numbers too (for the complex step): comparisons look at the real part.


def affine_forward(x, w, b):
    """out = x·w + b, trailing axes of x flattened [cs231n]"""
    return {'out': x.reshape(len(x), -1) @ w + b}


def affine_backward(dout, x, w, b):
    """dx = dout·wᵀ, dw = xᵀ·dout, db = Σₙ dout [cs231n]"""
    return {'dx': (dout @ w.T).reshape(x.shape), 'dw': x.reshape(len(x), -1).T @ dout, 'db': dout.sum(axis=0)}


def relu_forward(x):
    """max(0, x) [cs231n]"""
    return {'out': np.where(x.real > 0, x, 0.0)}


def relu_backward(dout, x):
    """dout where x > 0; exactly 0 at x = 0"""
    return {'dx': np.where(x > 0, dout, 0.0)}


def leaky_relu_forward(x, alpha):
    """x where x > 0, else α·x [maas]"""
    return {'out': np.where(x.real > 0, x, alpha * x)}


def leaky_relu_backward(dout, x, alpha):
    """α at x = 0, as PyTorch"""
    return {'dx': np.where(x > 0, dout, alpha * dout)}


def sigma(x):
    """1 / (1 + e⁻ˣ), without overflow on either side"""
    positive = x.real >= 0
    e = np.exp(np.where(positive, -x, x))
    return np.where(positive, 1 / (1 + e), e / (1 + e))


def sigmoid_forward(x):
    return {'out': sigma(x)}


def sigmoid_backward(dout, x):
    """σ′ = σ(x)·(1 − σ(x)) = σ(x)·σ(−x): the last form keeps its digits for large x [cs231n]"""
    return {'dx': dout * sigma(x) * sigma(-x)}


def tanh_forward(x):
    return {'out': np.tanh(x)}


def tanh_backward(dout, x):
    """tanh′ = 1 − tanh² = 4·σ(2x)·σ(−2x), since tanh x = 2σ(2x) − 1 [cs231n]"""
    return {'dx': dout * 4 * sigma(2 * x) * sigma(-2 * x)}


GELU_K = math.sqrt(2 / math.pi)


def gelu_forward(x):
    """½x(1 + tanh u), u = √(2/π)(x + 0.044715x³) [hendrycks]; ½(1 + tanh u) = σ(2u) without cancellation"""
    u = GELU_K * (x + 0.044715 * x**3)
    return {'out': x * sigma(2 * u)}


def gelu_backward(dout, x):
    """σ(2u) + x·2u′·σ(2u)·σ(−2u), which is ½(1 + tanh u) + ½x(1 − tanh² u)u′"""
    u = GELU_K * (x + 0.044715 * x**3)
    du = GELU_K * (1 + 3 * 0.044715 * x**2)
    return {'dx': dout * (sigma(2 * u) + x * 2 * du * sigma(2 * u) * sigma(-2 * u))}


def normal_cdf(x):
    """Φ(x) = ½(1 + erf(x/√2)) = ½erfc(−x/√2): the last form keeps its digits for x ≪ 0"""
    return 0.5 * np.vectorize(math.erfc, otypes=[float])(-x / math.sqrt(2))


def gelu_erf_forward(x):
    """x·Φ(x), exact [hendrycks]"""
    return {'out': x * normal_cdf(x)}


def gelu_erf_backward(dout, x):
    """Φ(x) + x·φ(x)"""
    return {'dx': dout * (normal_cdf(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi))}


def normalize_forward(x, eps, axis):
    """x̂ = (x − μ)/√(σ² + ε), σ² biased"""
    mean = x.mean(axis, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis, keepdims=True)
    return (x - mean) / np.sqrt(variance + eps), mean, variance


def normalize_backward(dx_hat, x, eps, axis):
    """the chain of [ioffe], section 3: ∂ℓ/∂σ², ∂ℓ/∂μ, ∂ℓ/∂x"""
    n = x.shape[axis]
    _, mean, variance = normalize_forward(x, eps, axis)
    dvariance = (dx_hat * (x - mean)).sum(axis, keepdims=True) * -0.5 * (variance + eps) ** -1.5
    dmean = -dx_hat.sum(axis, keepdims=True) / np.sqrt(variance + eps) + dvariance * (-2 * (x - mean)).mean(axis, keepdims=True)
    return dx_hat / np.sqrt(variance + eps) + dvariance * 2 * (x - mean) / n + dmean / n


def batchnorm_forward(x, gamma, beta, eps):
    """γ·x̂ + β over the batch axis [ioffe]"""
    x_hat, mean, variance = normalize_forward(x, eps, 0)
    return {'out': gamma * x_hat + beta, 'mean': mean[0], 'variance': variance[0]}


def batchnorm_backward(dout, x, gamma, beta, eps):
    x_hat, _, _ = normalize_forward(x, eps, 0)
    return {'dx': normalize_backward(dout * gamma, x, eps, 0), 'dgamma': (dout * x_hat).sum(axis=0), 'dbeta': dout.sum(axis=0)}


def batchnorm_running(running, batch, rho):
    """r ← ρ·r + (1 − ρ)·batch; the variance is the biased one [cs231n]"""
    return rho * running + (1 - rho) * batch


def batchnorm_predict(x, gamma, beta, running_mean, running_var, eps):
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta


def layernorm_forward(x, gamma, beta, eps):
    """γ·x̂ + β over the feature axis [ba]"""
    x_hat, mean, variance = normalize_forward(x, eps, 1)
    return {'out': gamma * x_hat + beta, 'mean': mean[:, 0], 'variance': variance[:, 0]}


def layernorm_backward(dout, x, gamma, beta, eps):
    x_hat, _, _ = normalize_forward(x, eps, 1)
    return {'dx': normalize_backward(dout * gamma, x, eps, 1), 'dgamma': (dout * x_hat).sum(axis=0), 'dbeta': dout.sum(axis=0)}


def dropout_forward(x, mask, keepProb):
    """x·mask, the mask being 0 or 1/keepProb: inverted dropout [srivastava, cs231n]"""
    return {'out': x * mask}


def dropout_backward(dout, x, mask, keepProb):
    return {'dx': dout * mask}


def mul_forward(x, y):
    """x·y [saitoh]"""
    return {'out': x * y}


def mul_backward(dout, x, y):
    return {'dx': dout * y, 'dy': dout * x}


def add_forward(x, y):
    """x + y [saitoh]"""
    return {'out': x + y}


def add_backward(dout, x, y):
    return {'dx': dout * 1, 'dy': dout * 1}


def affine_relu_forward(x, w, b):
    return relu_forward(affine_forward(x, w, b)['out'])


def affine_relu_backward(dout, x, w, b):
    a = affine_forward(x, w, b)['out']
    return affine_backward(relu_backward(dout, a)['dx'], x, w, b)


def affine_norm_relu(norm_forward, norm_backward):
    """affine, then a normalization, then relu"""

    def forward(x, w, b, gamma, beta, eps):
        n = norm_forward(affine_forward(x, w, b)['out'], gamma, beta, eps)
        return {**n, 'out': relu_forward(n['out'])['out']}

    def backward(dout, x, w, b, gamma, beta, eps):
        a = affine_forward(x, w, b)['out']
        n = norm_forward(a, gamma, beta, eps)['out']
        assert np.abs(n).min() > 1e-3, 'too near to the kink of relu'
        dn = norm_backward(relu_backward(dout, n)['dx'], a, gamma, beta, eps)
        return {**affine_backward(dn['dx'], x, w, b), 'dgamma': dn['dgamma'], 'dbeta': dn['dbeta']}

    return forward, backward


affine_bn_relu_forward, affine_bn_relu_backward = affine_norm_relu(batchnorm_forward, batchnorm_backward)
affine_ln_relu_forward, affine_ln_relu_backward = affine_norm_relu(layernorm_forward, layernorm_backward)

EXTREMES = np.array([[0.0, 1e-3, 20.0, 100.0, 1000.0], [-0.0, -1e-3, -20.0, -100.0, -1000.0]])


def affine_inputs(name, x_shape, m):
    d = math.prod(x_shape[1:])
    return {'x': draw(f'{name}.x', *x_shape), 'w': draw(f'{name}.w', d, m, scale=1), 'b': draw(f'{name}.b', m, scale=1)}


def norm_inputs(name, d):
    return {'gamma': draw(f'{name}.gamma', d, scale=0.5, around=1), 'beta': draw(f'{name}.beta', d, scale=0.5), 'eps': EPS}


def layers():
    cases = []

    for name, x_shape, m in [('affine4d', (5, 2, 3, 2), 7), ('affine2d', (6, 7), 4), ('affineOneRow', (1, 5), 3)]:
        dout = draw(f'{name}.dout', x_shape[0], m)
        cases.append(layer_case(name, affine_forward, affine_backward, affine_inputs(name, x_shape, m), dout))

    alpha = {'alpha': 0.01}
    for name, forward, backward, extra, kink, how in [
        ('relu', relu_forward, relu_backward, {}, True, {}),
        ('sigmoid', sigmoid_forward, sigmoid_backward, {}, False, {}),
        ('tanh', tanh_forward, tanh_backward, {}, False, {}),
        ('leakyRelu', leaky_relu_forward, leaky_relu_backward, alpha, True, {}),
        ('gelu', gelu_forward, gelu_backward, {}, False, {}),
        ('geluErf', gelu_erf_forward, gelu_erf_backward, {}, False, {'analytic_function': False}),  # math.erfc is real
    ]:
        for title, x in [(name, draw(f'{name}.x', 5, 7, scale=3)), (f'{name}Extreme', EXTREMES)]:
            dout = draw(f'{title}.dout', *x.shape)
            smooth = x != 0 if kink else True
            cases.append(layer_case(title, forward, backward, {'x': x, **extra}, dout, smooth=smooth, **how))

    x = draw('batchnorm.x', 7, 5)
    constant = x.copy()
    constant[:, 2] = 0.75
    for name, x, h in [
        ('batchnorm', x, 1e-4),
        ('batchnormConstantColumn', constant, 1e-5),
        ('batchnormTwoRows', x[:2], 1e-4),
        ('batchnormOffset', x + 1000, 1e-3),
    ]:
        note = 'mean 1000, spread 1: a one-pass variance fails here; float64 only' if name.endswith('Offset') else None
        dout = draw(f'{name}.dout', *x.shape)
        inputs = {'x': x, **norm_inputs('batchnorm', 5)}
        cases.append(layer_case(name, batchnorm_forward, batchnorm_backward, inputs, dout, note, h=h))

    name = 'batchnormRunning'
    xs = [draw(f'{name}.x{i}', 6, 5, around=i / 2) for i in range(3)]
    start = {'runningMean': draw(f'{name}.mean', 5, scale=0.5), 'runningVar': draw(f'{name}.var', 5, scale=0.5, around=1)}
    norm, rho, x_test = norm_inputs(name, 5), 0.9, draw(f'{name}.xTest', 4, 5)
    means, variances, mean, variance = [], [], start['runningMean'], start['runningVar']
    for x in xs:
        batch = batchnorm_forward(x, **norm)
        mean = batchnorm_running(mean, batch['mean'], rho)
        variance = batchnorm_running(variance, batch['variance'], rho)
        means.append(mean)
        variances.append(variance)
    # the recursion, unrolled: r₃ = ρ³r₀ + (1 − ρ)(ρ²b₁ + ρb₂ + b₃); np.var is the biased variance
    close(name, means[2], rho**3 * start['runningMean'] + (1 - rho) * sum(rho ** (2 - i) * np.mean(x, 0) for i, x in enumerate(xs)), 1e-14)
    close(name, variances[2], rho**3 * start['runningVar'] + (1 - rho) * sum(rho ** (2 - i) * np.var(x, 0) for i, x in enumerate(xs)), 1e-14)
    inputs = {'xs': xs, **start, 'rho': rho, **norm, 'xTest': x_test}
    predicted = batchnorm_predict(x_test, norm['gamma'], norm['beta'], mean, variance, EPS)
    cases.append(case(name, inputs, {'runningMeans': means, 'runningVars': variances, 'out': predicted},
                      'running statistics after each of the batches xs; out: xTest in evaluation with the last ones'))

    x = draw('layernorm.x', 5, 7)
    constant = x.copy()
    constant[3] = -1.25
    for name, x, h in [('layernorm', x, 1e-4), ('layernormConstantRow', constant, 1e-5), ('layernormOffset', x + 1000, 1e-3)]:
        note = 'mean 1000, spread 1: a one-pass variance fails here; float64 only' if name.endswith('Offset') else None
        dout = draw(f'{name}.dout', *x.shape)
        inputs = {'x': x, **norm_inputs('layernorm', 7)}
        cases.append(layer_case(name, layernorm_forward, layernorm_backward, inputs, dout, note, h=h))

    for keep in [0.25, 0.75, 1.0]:
        name = f'dropoutKeep{round(100 * keep)}'
        words = lcg(f'{name}.mask')
        mask = np.array([1 / keep if next(words) / 2**32 < keep else 0.0 for _ in range(6 * 5)]).reshape(6, 5)
        inputs = {'x': draw(f'{name}.x', 6, 5), 'mask': mask, 'keepProb': keep}
        # the mask is a choice, not a variable: only dx is a gradient
        cases.append(layer_case(name, dropout_forward, dropout_backward, inputs, draw(f'{name}.dout', 6, 5)))

    for name, forward, backward in [('mul', mul_forward, mul_backward), ('add', add_forward, add_backward)]:
        x, y = draw(f'{name}.x', 5, 7), draw(f'{name}.y', 5, 7)
        cases.append(layer_case(f'{name}Tensor', forward, backward, {'x': x, 'y': y}, draw(f'{name}.dout', 5, 7)))
        cases.append(layer_case(f'{name}Number', forward, backward, {'x': 100.0, 'y': -2.5}, 1.1))

    # the book's graphs [saitoh, section 5.4]: price = (apple·appleNum + orange·orangeNum)·tax
    shop = {'apple': 100.0, 'appleNum': 2.0, 'orange': 150.0, 'orangeNum': 3.0, 'tax': 1.1}
    goods = shop['apple'] * shop['appleNum'] + shop['orange'] * shop['orangeNum']
    grads = {'dapple': 1.1 * 2, 'dappleNum': 1.1 * 100, 'dorange': 1.1 * 3, 'dorangeNum': 1.1 * 150, 'dtax': goods}
    close('applesAndOranges', [goods * 1.1, *grads.values()], [715, 2.2, 110, 3.3, 165, 650], 1e-14)
    cases.append(case('applesAndOranges', shop, {'out': goods * 1.1, **grads}))
    apples = {'apple': 100.0, 'appleNum': 2.0, 'tax': 1.1}
    cases.append(case('apples', apples, {'out': 200 * 1.1, 'dapple': 1.1 * 2, 'dappleNum': 1.1 * 100, 'dtax': 200.0}))

    for name, forward, backward in [
        ('affineRelu', affine_relu_forward, affine_relu_backward),
        ('affineBnRelu', affine_bn_relu_forward, affine_bn_relu_backward),
        ('affineLnRelu', affine_ln_relu_forward, affine_ln_relu_backward),
    ]:
        norm = {} if name == 'affineRelu' else norm_inputs(name, 6)
        inputs = {**affine_inputs(name, (7, 2, 3, 2), 6), **norm}
        cases.append(layer_case(name, forward, backward, inputs, draw(f'{name}.dout', 7, 6), h=1e-5))

    return {'about': 'Layers, forward and backward. eps, alpha, keepProb, rho are numbers; d<name> is the gradient of Σ out·dout by <name>.', 'cases': cases}


# ───────────────────────────────────────────── losses ─────────────────────────────────────────────


def softmax(scores):
    """eˢ / Σ eˢ, the largest score of a row subtracted first [cs231n]"""
    e = np.exp(scores - scores.real.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_loss(scores, y):
    """mean over n of log Σ eˢ − s_y [cs231n]"""
    shifted = scores - scores.real.max(axis=1, keepdims=True)
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]).mean()


def softmax_loss_gradient(scores, y):
    """(softmax − one-hot) / N [cs231n]"""
    return (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)


def svm_margins(scores, y):
    """s_j − s_y + 1, and 0 for j = y [cs231n]"""
    margins = scores - scores[np.arange(len(y)), y][:, None] + 1
    margins[np.arange(len(y)), y] = 0
    return margins


def svm_loss(scores, y):
    """mean over n of Σ_{j≠y} max(0, s_j − s_y + 1) [cs231n]"""
    margins = svm_margins(scores, y)
    return np.where(margins.real > 0, margins, 0).sum() / len(y)


def svm_loss_gradient(scores, y):
    """1 for each violated margin, minus their number at the correct class, / N [cs231n]"""
    violated = (svm_margins(scores, y) > 0).astype(float)
    violated[np.arange(len(y)), y] = -violated.sum(axis=1)
    return violated / len(y)


def cross_entropy_error(p, one_hot):
    """mean over n of −Σ t·log p [saitoh, without its 1e-7]"""
    return -(np.log(p) * one_hot).sum() / len(p)


def mse_loss(x, y):
    """mean over all elements of (x − y)², as PyTorch's MSELoss"""
    return ((x - y) ** 2).mean()


def mae_loss(x, y):
    """mean over all elements of |x − y|, as PyTorch's L1Loss"""
    return np.abs(x - y).mean()


def huber_loss(x, y, delta):
    """½d² where |d| ≤ δ, else δ(|d| − ½δ) [huber]"""
    d = np.abs(x - y)
    return np.where(d <= delta, 0.5 * d**2, delta * (d - 0.5 * delta)).mean()


def logistic_loss(x, t):
    """mean of −t·log p − (1 − t)·log(1 − p), p = 1/(1 + e⁻ˣ), as PyTorch's BCEWithLogitsLoss"""
    return (np.where(x.real > 0, x, 0) + np.log(1 + np.exp(np.where(x.real > 0, -x, x))) - x * t).mean()


def soft_target_loss(scores, t, total):
    """Σ t·(log Σ eˢ − s) / total: cross entropy with rows of targets"""
    shifted = scores - scores.real.max(axis=1, keepdims=True)
    return (t * (np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted)).sum() / total


def l2_loss(ws, reg):
    """½·reg·Σ W² [cs231n]"""
    return 0.5 * reg * sum((w**2).sum() for w in ws)


def losses():
    cases = []

    scores, y = draw('softmaxLoss.x', 7, 5, scale=3), draw_labels('softmaxLoss.y', 7, 5)
    huge = np.array([[1e4, 0, -1e4], [1e4, 1e4, -1e4], [-1e4, -1e4, -1e4], [-1e4, 1e4, 9999], [0, -1e4, 0.5], [9999.5, 1e4, 1e4]])
    for name, x, labels, h in [
        ('softmaxLoss', scores, y, 1e-4),
        ('softmaxLossHuge', huge, [2, 0, 1, 1, 2, 0], 1e-2),
        ('softmaxLossOneRow', scores[:1], y[:1], 1e-4),
    ]:
        dx = softmax_loss_gradient(x, labels)
        check_gradient(name, lambda s: softmax_loss(s, labels), x, dx, h=h)
        cases.append(case(name, {'x': x, 'y': labels}, {'loss': softmax_loss(x, labels), 'dx': dx}))

    won = scores.copy()
    won[np.arange(7), y] = 5.0
    for name, x in [('svmLoss', scores), ('svmLossAllMarginsMet', won)]:
        dx = svm_loss_gradient(x, y)
        others = np.eye(5)[y] == 0
        assert np.abs(svm_margins(x, y)[others]).min() > 1e-3, 'too near to the kink of the hinge'
        check_gradient(name, lambda s: svm_loss(s, y), x, dx)
        cases.append(case(name, {'x': x, 'y': y}, {'loss': svm_loss(x, y), 'dx': dx}))

    for name, x in [('softmax', scores), ('softmaxHuge', huge), ('softmaxEqual', np.full((2, 4), 3.5))]:
        p = softmax(x)
        close(name, p.sum(axis=1), np.ones(len(x)), 1e-15)
        cases.append(case(name, {'x': x}, {'out': p}))

    p, one_hot = softmax(scores), np.eye(5)[y]
    loss = cross_entropy_error(p, one_hot)
    close('crossEntropyError', loss, softmax_loss(scores, y), 1e-14)
    cases.append(case('crossEntropyErrorLabels', {'p': p, 'y': y}, {'loss': loss}))
    cases.append(case('crossEntropyErrorOneHot', {'p': p, 't': one_hot}, {'loss': loss}))

    for name, shape in [('mseLoss', (6, 5)), ('mseLoss3d', (3, 2, 5))]:
        x, target = draw(f'{name}.x', *shape), draw(f'{name}.y', *shape)
        dx = 2 * (x - target) / x.size
        check_gradient(name, lambda v: mse_loss(v, target), x, dx)
        cases.append(case(name, {'x': x, 'y': target}, {'loss': mse_loss(x, target), 'dx': dx}))

    for name, shape in [('maeLoss', (6, 5)), ('maeLoss3d', (3, 2, 5))]:
        x, target = draw(f'{name}.x', *shape), draw(f'{name}.y', *shape)
        assert np.abs(x - target).min() > 1e-3, 'too near to the kink'
        dx = np.sign(x - target) / x.size
        check_gradient(name, lambda v: mae_loss(v, target), x, dx, analytic_function=False)
        x[0], target[0], dx[0] = 1.5, 1.5, 0  # equal: no gradient
        cases.append(case(name, {'x': x, 'y': target}, {'loss': mae_loss(x, target), 'dx': dx}))

    x, target = draw('huberLoss.x', 6, 5), draw('huberLoss.y', 6, 5)
    for name, delta in [('huberLoss', 1.0), ('huberLossNarrow', 0.25), ('huberLossWide', 100.0)]:
        assert np.abs(np.abs(x - target) - delta).min() > 1e-3, 'too near to where the halves meet'
        dx = np.clip(x - target, -delta, delta) / x.size
        check_gradient(name, lambda v: huber_loss(v, target, delta), x, dx, analytic_function=False)
        cases.append(case(name, {'x': x, 'y': target, 'delta': delta}, {'loss': huber_loss(x, target, delta), 'dx': dx}))
    close('huberLossWide', huber_loss(x, target, 100), mse_loss(x, target) / 2, 1e-14)

    x, target = draw('logisticLoss.x', 6, 5, scale=4), (draw('logisticLoss.t', 6, 5) > 0).astype(float)
    extreme = np.array([[1000.0, -1000.0, 40.0, -40.0, 0.0, 88.8]])
    for name, v, t in [
        ('logisticLoss', x, target),
        ('logisticLossSoft', x, draw('logisticLossSoft.t', 6, 5, scale=0.5, around=0.5)),
        ('logisticLossExtreme', extreme, np.array([[0.0, 1.0, 1.0, 0.0, 1.0, 1.0]])),
    ]:
        e = np.exp(-np.abs(v))
        dx = (np.where(v > 0, 1, e) / (1 + e) - t) / v.size
        check_gradient(name, lambda s: logistic_loss(s, t), v, dx)
        cases.append(case(name, {'x': v, 't': t}, {'loss': logistic_loss(v, t), 'dx': dx}))

    smooth, weights = 0.9 * np.eye(5)[y] + 0.1 / 5, np.array([0.5, 2.0, 1.0, 0.25, 3.0])
    shares = np.abs(draw('softTargetLoss.t', 7, 5))
    for name, s, t, total in [
        ('softTargetLoss', scores, shares, 7),
        ('softTargetLossSmooth', scores, smooth, 7),
        ('softTargetLossWeighted', scores, (smooth * weights), weights[y].sum()),
        ('softTargetLossHuge', huge, np.eye(3)[[2, 0, 1, 1, 2, 0]], 6),
    ]:
        dx = (softmax(s) * t.sum(axis=1, keepdims=True) - t) / total
        check_gradient(name, lambda v: soft_target_loss(v, t, total), s, dx, h=1e-2 if s is huge else 1e-4)
        cases.append(case(name, {'x': s, 't': t, 'total': total}, {'loss': soft_target_loss(s, t, total), 'dx': dx}))
    close('softTargetLoss', soft_target_loss(scores, np.eye(5)[y], 7), softmax_loss(scores, y), 1e-14)

    ws, reg = {'W1': draw('l2.W1', 4, 3), 'W2': draw('l2.W2', 3, 5)}, 0.3
    for i, w in enumerate(ws.values()):
        check_gradient('l2', lambda v: l2_loss([*list(ws.values())[:i], v, *list(ws.values())[i + 1 :]], reg), w, reg * w)
    cases.append(case('l2', {**ws, 'reg': reg}, {'loss': l2_loss(ws.values(), reg), 'dW1': reg * ws['W1'], 'dW2': reg * ws['W2']}))

    return {'about': 'Losses. y: integer labels (of mse, mae and huber a tensor), t: one-hot labels or other targets, p: probabilities.', 'cases': cases}


# ────────────────────────────────────────── update rules ──────────────────────────────────────────
# rule(w, dw, config, slots) → (next w, next slots); slots start at zero


def sgd(w, dw, c, s):
    """w ← w − α·dw"""
    return w - c['learningRate'] * dw, {}


def sgd_momentum(w, dw, c, s):
    """v ← μv − α·dw; w ← w + v [cs231n]"""
    v = c['momentum'] * s['velocity'] - c['learningRate'] * dw
    return w + v, {'velocity': v}


def nesterov(w, dw, c, s):
    """v′ = v; v ← μv − α·dw; w ← w − μv′ + (1 + μ)v [cs231n]"""
    mu, before = c['momentum'], s['velocity']
    v = mu * before - c['learningRate'] * dw
    return w - mu * before + (1 + mu) * v, {'velocity': v}


def adagrad(w, dw, c, s):
    """cache ← cache + dw²; w ← w − α·dw/(√cache + ε) [duchi, cs231n]"""
    cache = s['cache'] + dw**2
    return w - c['learningRate'] * dw / (np.sqrt(cache) + c['epsilon']), {'cache': cache}


def rmsprop(w, dw, c, s):
    """cache ← ρ·cache + (1 − ρ)dw²; w ← w − α·dw/(√cache + ε) [hinton, cs231n]"""
    cache = c['decayRate'] * s['cache'] + (1 - c['decayRate']) * dw**2
    return w - c['learningRate'] * dw / (np.sqrt(cache) + c['epsilon']), {'cache': cache}


def adam(w, dw, c, s):
    """t ← t + 1; m, v; m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ); w ← w − α·m̂/(√v̂ + ε) [kingma, algorithm 1]"""
    t = s['t'] + 1
    m = c['beta1'] * s['m'] + (1 - c['beta1']) * dw
    v = c['beta2'] * s['v'] + (1 - c['beta2']) * dw**2
    m_hat, v_hat = m / (1 - c['beta1'] ** t), v / (1 - c['beta2'] ** t)
    return w - c['learningRate'] * m_hat / (np.sqrt(v_hat) + c['epsilon']), {'m': m, 'v': v, 't': t}


def adamw(w, dw, c, s):
    """w ← w − α·λ·w, then Adam [loshchilov, algorithm 2, in PyTorch's parametrisation]"""
    return adam(w - c['learningRate'] * c['weightDecay'] * w, dw, c, s)


ADAM = {'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8}
RULES = {  # name: rule, slots, defaults, normal learning rate
    'sgd': (sgd, [], {}, 1e-2),
    'sgdMomentum': (sgd_momentum, ['velocity'], {'momentum': 0.9}, 1e-2),
    'nesterov': (nesterov, ['velocity'], {'momentum': 0.9}, 1e-2),
    'adagrad': (adagrad, ['cache'], {'epsilon': 1e-8}, 1e-2),
    'rmsprop': (rmsprop, ['cache'], {'decayRate': 0.99, 'epsilon': 1e-8}, 1e-2),
    'adam': (adam, ['m', 'v', 't'], ADAM, 1e-3),
    'adamw': (adamw, ['m', 'v', 't'], {**ADAM, 'weightDecay': 0.01}, 1e-3),
}


def zero_slots(rule, w):
    return {slot: 0 if slot == 't' else np.zeros_like(w) for slot in RULES[rule][1]}


def unrolled(rule, c, w0, dws):
    """The weights after all steps from the closed form of each recursion: the second opinion."""
    n, lr = len(dws), c['learningRate']

    def faded(terms, decay, t):  # Σ_{i≤t} decay^(t−i)·terms_i
        return sum(decay ** (t - i) * terms[i] for i in range(t + 1))

    if rule == 'sgd':
        return w0 - lr * sum(dws)
    if rule == 'sgdMomentum':
        return w0 - lr * sum(faded(dws, c['momentum'], t) for t in range(n))
    if rule == 'nesterov':  # as [sutskever] has it: the gradient is taken at w = θ + μv, and θ ← θ + v
        theta, v = w0, np.zeros_like(w0)
        for dw in dws:
            v = c['momentum'] * v - lr * dw
            theta = theta + v
        return theta + c['momentum'] * v
    if rule == 'adagrad':
        return w0 - lr * sum(dws[t] / (np.sqrt(sum(g**2 for g in dws[: t + 1])) + c['epsilon']) for t in range(n))
    if rule == 'rmsprop':
        rho = c['decayRate']
        return w0 - lr * sum(dws[t] / (np.sqrt((1 - rho) * faded(dws**2, rho, t)) + c['epsilon']) for t in range(n))
    w, b1, b2 = w0, c['beta1'], c['beta2']
    for t in range(n):
        m_hat = faded(dws, b1, t) / sum(b1**i for i in range(t + 1))  # 1 − βᵗ = (1 − β)Σβⁱ
        v_hat = faded(dws**2, b2, t) / sum(b2**i for i in range(t + 1))
        w = w * (1 - lr * c.get('weightDecay', 0)) - lr * m_hat / (np.sqrt(v_hat) + c['epsilon'])
    return w


def rule_case(name, rule, learning_rate, w0, dws_name, dws, **settings):
    step, _, defaults, _ = RULES[rule]
    config = {'learningRate': learning_rate, **defaults, **settings}
    w, slots, kept = w0, zero_slots(rule, w0), {}
    for t, dw in enumerate(dws, start=1):
        w, slots = step(w, dw, config, slots)
        if t in (1, 2, 10, 50):
            kept[f'w{t}'] = w
    second = unrolled(rule, config, w0, dws)
    assert np.all(np.abs(w - second) <= 1e-12 * (np.abs(w0) + np.abs(w - w0) + np.abs(w))), f'{name}: two forms disagree'
    return case(name, {'rule': rule, 'config': config, 'w': w0, 'dws': dws_name}, {**kept, 'slots': slots})


# ──────────────────────────────────────── clipping, schedules ─────────────────────────────────────


def clip_by_value(dw, limit):
    return np.minimum(np.maximum(dw, -limit), limit)


def clip_by_global_norm(dws, max_norm):
    """dw ← dw·min(1, maxNorm/‖all‖₂), no epsilon [Pascanu et al. 2013, arXiv 1211.5063]"""
    norm = math.sqrt(sum((dw**2).sum() for dw in dws.values()))
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return {'norm': norm, 'scale': scale, 'clipped': {name: dw * scale for name, dw in dws.items()}}


def exponential_factor(epoch, lr_decay):
    """lrDecay^epoch [cs231n]"""
    return lr_decay**epoch


def step_factor(epoch, gamma, step_size):
    """γ^⌊epoch/stepSize⌋ [cs231n, PyTorch's StepLR]"""
    return gamma ** (epoch // step_size)


def cosine_factor(step, warmup, total):
    """linear from 1/warmup to 1, then ½(1 + cos π·progress) [sgdr]"""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


def one_cycle_factor(step, total, pct_start, div_factor, final_div_factor):
    """1/div → 1 → 1/div/finalDiv, both halves cosines [smith; PyTorch's OneCycleLR, three_phase=False]"""
    start, peak, end = 1 / div_factor, 1.0, 1 / div_factor / final_div_factor
    turn, last = pct_start * total - 1, total - 1
    if step <= turn:
        a, b, progress = start, peak, step / turn
    else:
        a, b, progress = peak, end, (step - turn) / (last - turn)
    return b + (a - b) / 2 * (1 + math.cos(math.pi * progress))


def rules():
    w0 = draw('rules.w0', 3, 4)
    normal = draw('rules.dws', 50, 3, 4)
    some_zero = normal.copy()
    for i, j in [(0, 0), (1, 2), (2, 3)]:
        some_zero[:, i, j] = 0.0
    sequences = {'normal': normal, 'someZero': some_zero, 'huge': 1e20 * normal}

    cases = []
    for rule, (_, _, _, learning_rate) in RULES.items():
        cases.append(rule_case(rule, rule, learning_rate, w0, 'normal', normal))
        cases.append(rule_case(f'{rule}LargeRate', rule, 10.0, w0, 'normal', normal))
        cases.append(rule_case(f'{rule}TinyRate', rule, 1e-12, w0, 'normal', normal))
        cases.append(rule_case(f'{rule}TinyRateFromZero', rule, 1e-12, np.zeros((3, 4)), 'normal', normal))
        cases.append(rule_case(f'{rule}SomeZero', rule, learning_rate, w0, 'someZero', some_zero))
    cases.append(rule_case('adamHuge', 'adam', 1e-3, w0, 'huge', sequences['huge']))
    cases.append(rule_case('sgdMomentumSettings', 'sgdMomentum', 0.1, w0, 'normal', normal, momentum=0.5))
    cases.append(rule_case('nesterovSettings', 'nesterov', 0.1, w0, 'normal', normal, momentum=0.5))
    cases.append(rule_case('adagradSettings', 'adagrad', 0.1, w0, 'normal', normal, epsilon=0.125))
    cases.append(rule_case('rmspropSettings', 'rmsprop', 0.1, w0, 'normal', normal, decayRate=0.5, epsilon=0.125))
    cases.append(rule_case('adamSettings', 'adam', 0.1, w0, 'normal', normal, beta1=0.5, beta2=0.75, epsilon=0.125))
    cases.append(rule_case('adamwSettings', 'adamw', 0.1, w0, 'normal', normal, beta1=0.5, beta2=0.75, weightDecay=0.5))

    dw = draw('clip.dw', 3, 4)
    cases.append(case('clipByValue', {'dw': dw, 'limit': 0.75}, {'out': clip_by_value(dw, 0.75)}))
    dws = {'W1': dw, 'b1': draw('clip.db', 4)}
    for name, tensors, max_norm in [
        ('clipByGlobalNormAbove', dws, 1.5),
        ('clipByGlobalNormBelow', dws, 1000.0),
        ('clipByGlobalNormZero', {'W1': np.zeros((2, 3)), 'b1': np.zeros(3)}, 1.5),
    ]:
        outputs = clip_by_global_norm(tensors, max_norm)
        rest = math.sqrt(sum((t**2).sum() for t in outputs['clipped'].values()))
        close(name, rest, min(outputs['norm'], max_norm), 1e-14)
        cases.append(case(name, {'dws': tensors, 'maxNorm': max_norm}, outputs))

    epochs, steps = list(range(10)), list(range(21))
    exponential = [exponential_factor(e, 0.95) for e in epochs]
    cases.append(case('exponentialDecay', {'lrDecay': 0.95, 'epochs': epochs}, {'factors': exponential}))
    stepped = [step_factor(e, 0.5, 3) for e in epochs]
    assert stepped == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]
    cases.append(case('stepDecay', {'gamma': 0.5, 'stepSize': 3, 'epochs': epochs}, {'factors': stepped}))
    for name, warmup in [('cosineWarmup', 5), ('cosineNoWarmup', 0)]:
        factors = [cosine_factor(s, warmup, 20) for s in steps]
        assert factors[warmup] == 1 and factors[20] == 0
        cases.append(case(name, {'warmup': warmup, 'total': 20, 'steps': steps}, {'factors': factors}, 'the last step, 20 = total, is past the end: 0'))
    settings = {'total': 20, 'pctStart': 0.3, 'divFactor': 25.0, 'finalDivFactor': 1e4}
    factors = [one_cycle_factor(s, *settings.values()) for s in steps[:20]]
    assert factors[5] == 1 == max(factors)
    close('oneCycle', [factors[0], factors[19]], [0.04, 4e-6], 1e-15)
    cases.append(case('oneCycle', {**settings, 'steps': steps[:20]}, {'factors': factors}, 'factors of the largest rate'))

    about = 'Update rules: inputs.dws names one of the sequences, whose first axis is the step; w<t>: weights after t steps; slots: after 50. Clipping and schedules.'
    return {'about': about, 'sequences': sequences, 'cases': cases}


# ───────────────────────────────────────────── solver ─────────────────────────────────────────────


def net_loss(params, x, y, reg, depth, normalized):
    """{affine − [batchnorm] − relu} × (depth − 1) − affine − softmax, plus ½·reg·ΣW² [cs231n, FullyConnectedNet]"""
    tape, stats, h = [], {}, x
    for i in range(1, depth):
        a = affine_forward(h, params[f'W{i}'], params[f'b{i}'])['out']
        n = a
        if normalized:
            bn = batchnorm_forward(a, params[f'gamma{i}'], params[f'beta{i}'], EPS)
            n, stats[i] = bn['out'], (bn['mean'], bn['variance'])
        tape.append((h, a, n))
        h = relu_forward(n)['out']
    scores = affine_forward(h, params[f'W{depth}'], params[f'b{depth}'])['out']
    loss = softmax_loss(scores, y) + l2_loss([params[f'W{i}'] for i in range(1, depth + 1)], reg)
    return loss, (tape, h, scores, stats)


def net_gradients(params, y, reg, depth, normalized, cache):
    tape, h, scores, _ = cache
    w, b = params[f'W{depth}'], params[f'b{depth}']
    back = affine_backward(softmax_loss_gradient(scores, y), h, w, b)
    grads = {f'W{depth}': back['dw'] + reg * w, f'b{depth}': back['db']}
    for i in range(depth - 1, 0, -1):
        h, a, n = tape[i - 1]
        da = relu_backward(back['dx'], n)['dx']
        if normalized:
            bn = batchnorm_backward(da, a, params[f'gamma{i}'], params[f'beta{i}'], EPS)
            da, grads[f'gamma{i}'], grads[f'beta{i}'] = bn['dx'], bn['dgamma'], bn['dbeta']
        back = affine_backward(da, h, params[f'W{i}'], params[f'b{i}'])
        grads[f'W{i}'], grads[f'b{i}'] = back['dw'] + reg * params[f'W{i}'], back['db']
    return {name: grads[name] for name in params}


def net_scores(params, state, x, depth, normalized):
    h = x
    for i in range(1, depth):
        h = affine_forward(h, params[f'W{i}'], params[f'b{i}'])['out']
        if normalized:
            h = batchnorm_predict(h, params[f'gamma{i}'], params[f'beta{i}'], state[f'runningMean{i}'], state[f'runningVar{i}'], EPS)
        h = relu_forward(h)['out']
    return affine_forward(h, params[f'W{depth}'], params[f'b{depth}'])['out']


def init_params(name, dims, normalized):
    """Small weights; biases, gamma and beta off their usual 0 and 1, so that each shows in the numbers."""
    params, depth = {}, len(dims) - 1
    for i in range(1, depth + 1):
        params[f'W{i}'] = draw(f'{name}.W{i}', dims[i - 1], dims[i], scale=0.75)
        params[f'b{i}'] = draw(f'{name}.b{i}', dims[i], scale=0.125)
        if normalized and i < depth:
            params[f'gamma{i}'] = draw(f'{name}.gamma{i}', dims[i], scale=0.25, around=1)
            params[f'beta{i}'] = draw(f'{name}.beta{i}', dims[i], scale=0.25)
    return params


def init_state(params):
    """running mean 0, running variance 1"""
    state = {}
    for name, gamma in params.items():
        if name.startswith('gamma'):
            state[f'runningMean{name[5:]}'], state[f'runningVar{name[5:]}'] = np.zeros_like(gamma), np.ones_like(gamma)
    return state


def solve(params, x, y, batches, rule, config, reg, depth, normalized, rho=0.9):
    """One step per batch: loss and gradients at the present weights, the statistics, then the update."""
    state = init_state(params)
    slots = {name: zero_slots(rule, w) for name, w in params.items()}
    losses, first, nearest = [], None, math.inf
    for rows in batches:
        loss, cache = net_loss(params, x[rows], y[rows], reg, depth, normalized)
        grads = net_gradients(params, y[rows], reg, depth, normalized, cache)
        first = first or grads
        losses.append(float(loss))
        nearest = min(nearest, *(np.abs(n).min() for _, _, n in cache[0]))
        for i, (mean, variance) in cache[3].items():
            state[f'runningMean{i}'] = batchnorm_running(state[f'runningMean{i}'], mean, rho)
            state[f'runningVar{i}'] = batchnorm_running(state[f'runningVar{i}'], variance, rho)
        for name in params:
            w, slots[name] = RULES[rule][0](params[name], grads[name], config, slots[name])
            params = {**params, name: w}
    return params, state, losses, first, nearest


def solver_case(name, x, y, batches, dims, normalized, rule, learning_rate, reg=0.01):
    depth = len(dims) - 1
    config = {'learningRate': learning_rate, **RULES[rule][2]}
    start = init_params('solver.deep' if normalized else 'solver.shallow', dims, normalized)
    params, state, losses, first, nearest = solve(start, x, y, batches, rule, config, reg, depth, normalized)
    # no relu input comes near 0, so another order of summation, or float32, takes the same branches
    assert nearest > 4e-4, f'{name}: a relu input of {nearest:.2g}'
    for at, rows in [(start, batches[0]), (params, batches[-1])]:
        _, cache = net_loss(at, x[rows], y[rows], reg, depth, normalized)
        grads = net_gradients(at, y[rows], reg, depth, normalized, cache)
        for of in at:
            check_gradient(f'{name}.{of}', lambda v: net_loss({**at, of: v}, x[rows], y[rows], reg, depth, normalized)[0], at[of], grads[of], h=1e-5)
    normalization = {'eps': EPS, 'rho': 0.9} if normalized else {}
    inputs = {'rule': rule, 'config': config, 'reg': reg, **normalization, 'x': x, 'y': y, 'batches': batches, 'params': start}
    outputs = {'losses': losses, 'firstGrads': first, 'params': params}
    if normalized:
        outputs['state'] = state
    outputs['scores'] = net_scores(params, state, x[:5], depth, normalized)
    return case(name, inputs, outputs)


def solver():
    x = draw('solver.x', 21, 6)
    y = np.argmax(x @ draw('solver.teacher', 6, 3), axis=1)
    words, rows = lcg('solver.batches'), []
    while len(rows) < 20 * 7:
        rows += draw_permutation(words, 21)
    batches = [rows[7 * i : 7 * i + 7] for i in range(20)]
    deep, shallow = [6, 5, 4, 3], [6, 5, 3]
    cases = [
        solver_case('threeLayerBatchnormSgdMomentum', x, y, batches, deep, True, 'sgdMomentum', 0.05),
        solver_case('threeLayerBatchnormAdam', x, y, batches, deep, True, 'adam', 1e-3),
        solver_case('twoLayerSgd', x, y, batches, shallow, False, 'sgd', 0.1),
    ]
    about = 'Twenty solver steps. batches: the rows of each step; losses: before each update, with the L2 term; params, state: after the last; scores: rows 0 to 4 in evaluation.'
    return {'about': about, 'cases': cases}


# ──────────────────────────────────────── Philox, log, exp ────────────────────────────────────────


def philox4x32_10(counter, key):
    """Ten rounds of two 32×32 → 64-bit products, the key bumped by the Weyl constants between them [salmon]"""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p, q = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (q >> 32) ^ c1 ^ k0, q & 0xFFFFFFFF, (p >> 32) ^ c3 ^ k1, p & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return [c0, c1, c2, c3]


KNOWN_ANSWERS = [  # Random123, tests/kat_vectors, the lines "philox4x32 10": counter, key, words
    '00000000 00000000 00000000 00000000  00000000 00000000  6627e8d5 e169c58d bc57ac4c 9b00dbd8',
    'ffffffff ffffffff ffffffff ffffffff  ffffffff ffffffff  408f276d 41c83b0e a20bc7c6 6d5451fd',
    '243f6a88 85a308d3 13198a2e 03707344  a4093822 299f31d0  d16cfe09 94fdcceb 5001e420 24126ea1',
]

PROBABILITIES = [1e-300, 1e-20, 1e-10, 1e-5, 0.001, 0.01, 0.02425, 0.075, 0.25, 0.5, 0.6, 0.75, 0.925, 0.99, 0.999999]
LOG_ARGUMENTS = [
    5e-324, 2.2250738585072014e-308, 1e-300, 1e-100, 1e-38, 1e-10, 1e-5, 0.001, 0.1, 0.25, 0.5, 0.7, 0.7071067811865476, 0.9, 0.999,
    1 - 2**-53, 1.0, 1 + 2**-52, 1.001, 1.1, 1.4142135623730951, 1.5, 2.0, math.e, 3.0, 10.0, 1000.0, 123456.789, 1e10, 1e38, 1e300, sys.float_info.max,
]  # fmt: skip
EXP_ARGUMENTS = [
    -745.0, -708.3, -700.0, -300.0, -103.0, -100.0, -87.3, -50.0, -20.0, -10.0, -5.5, -2.0, -1.0, -0.6931471805599453, -0.5, -0.34657359027997264,
    -0.1, -1e-3, -1e-10, -0.0, 0.0, 1e-20, 1e-10, 1e-3, 0.1, 0.5, 1.0, 2.0, 3.141592653589793, 10.0, 20.0, 88.7, 100.0, 300.0, 709.0, 709.78,
]  # fmt: skip


def nearest_double(value):
    """correctly rounded, subnormals too"""
    sign, mantissa, exponent, _ = value._mpf_
    return float(Fraction(int(mantissa)) * Fraction(2) ** exponent) * (-1 if sign else 1)


def normal_quantile(p):
    """z with ½erfc(−z/√2) = p, by Newton's method on log Φ; for p > ½ by symmetry, 1 − p being exact here"""
    p = mpmath.mpf(p)
    if p == 0.5:
        return p * 0
    if p > 0.5:
        return -normal_quantile(1 - p)

    def cdf(z):
        return mpmath.erfc(-z / mpmath.sqrt(2)) / 2

    z = -mpmath.sqrt(-2 * mpmath.log(2 * p))
    for _ in range(100):
        step = (mpmath.log(cdf(z)) - mpmath.log(p)) * cdf(z) / mpmath.npdf(z)
        z -= step
        if abs(step) < mpmath.mpf(10) ** -45 * abs(z):
            break
    assert abs(cdf(z) / p - 1) < mpmath.mpf(10) ** -40
    return z


def special_values():
    """Correctly rounded results for arguments that are the doubles as written."""
    with mpmath.workdps(60):
        return [
            case('normalQuantile', {'p': PROBABILITIES}, {'z': [nearest_double(normal_quantile(p)) for p in PROBABILITIES]}),
            case('log', {'x': LOG_ARGUMENTS}, {'y': [nearest_double(mpmath.log(mpmath.mpf(x))) for x in LOG_ARGUMENTS]}),
            case('exp', {'x': EXP_ARGUMENTS}, {'y': [nearest_double(mpmath.exp(mpmath.mpf(x))) for x in EXP_ARGUMENTS]},
                 'float64: subnormal at -745 only. float32: subnormal or 0 below -87.34, infinite above 88.72'),
        ]


def philox():
    cases = []
    hexes = [line.split() for line in KNOWN_ANSWERS]
    words = lcg('philox')
    pairs = [('known', [int(h, 16) for h in line]) for line in hexes]
    pairs += [('more', [next(words) for _ in range(6)]) for _ in range(8)]
    for i, (kind, given) in enumerate(pairs):
        out = philox4x32_10(given[:4], given[4:6])
        assert kind == 'more' or out == given[6:], 'Philox fails a known answer'
        name = f'known{i}' if kind == 'known' else f'more{i - len(hexes)}'
        note = ' '.join(f'{w:08x}' for w in [*given[:6], *out])
        cases.append(case(name, {'counter': given[:4], 'key': given[4:6]}, {'words': out}, note))
    if mpmath:
        cases += special_values()
    else:
        print('mpmath is not installed: normalQuantile, log and exp of philox.json are kept as they are')
        kept = json.loads((HERE / 'philox.json').read_text())['cases']
        cases += [c for c in kept if c['name'] in ('normalQuantile', 'log', 'exp')]
    about = "Philox4x32-10: unsigned 32-bit words (note: the same in hex), Random123's published vectors first; normalQuantile, log, exp: correctly rounded."
    return {'about': about, 'cases': cases}


# ───────────────────────────────────────────── files ──────────────────────────────────────────────


def plain(value):
    """NumPy to JSON: arrays of floats become tensors, arrays of integers become lists"""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == 'i':
        return value.tolist()
    if isinstance(value, np.ndarray) and value.ndim:
        assert np.all(np.isfinite(value)) and value.dtype == np.float64
        return {'shape': list(value.shape), 'data': value.ravel().tolist()}
    if isinstance(value, (np.generic, np.ndarray)):
        return value.item()
    return value


def text(value, indent=''):
    """JSON with one line per tensor or list of numbers"""
    inner = indent + '  '
    if isinstance(value, dict) and set(value) != {'shape', 'data'}:
        rows = [f'{inner}{json.dumps(k)}: {text(v, inner)}' for k, v in value.items()]
        return '{\n' + ',\n'.join(rows) + f'\n{indent}}}' if rows else '{}'
    if isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        return '[\n' + ',\n'.join(inner + text(v, inner) for v in value) + f'\n{indent}]'
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def same(a, b, where=''):
    """--check: equal up to the last digits, which another CPU or NumPy may round differently"""
    if isinstance(a, dict):
        assert isinstance(b, dict) and a.keys() == b.keys(), where
        for k in a:
            same(a[k], b[k], f'{where}.{k}')
    elif isinstance(a, list):
        assert isinstance(b, list) and len(a) == len(b), where
        for i, (v, w) in enumerate(zip(a, b)):
            same(v, w, f'{where}[{i}]')
    elif isinstance(a, float) and isinstance(b, float):
        # Adam divides the rounding noise of a bias before batchnorm (its gradient is exactly 0) by √v̂ + ε
        noise = 1e-8 if 'threeLayerBatchnormAdam' in where else 1e-12
        assert abs(a - b) <= noise * (1 + abs(a) + abs(b)), f'{where}: {a!r} and {b!r}'
    else:
        assert a == b, f'{where}: {a!r} and {b!r}'


def main():
    np.seterr(all='raise', under='ignore')
    check = '--check' in sys.argv[1:]
    for name, make in {'layers': layers, 'losses': losses, 'rules': rules, 'solver': solver, 'philox': philox}.items():
        path, content = HERE / f'{name}.json', plain(make())
        names = [c['name'] for c in content['cases']]
        assert len(set(names)) == len(names), f'{name}.json: a case name twice'
        if check:
            before = {c['name']: c for c in json.loads(path.read_text())['cases']}
            same({c['name']: c for c in content['cases']}, before, path.name)
        else:
            path.write_text(text(content) + '\n', encoding='utf-8')
        print(f'{"same" if check else "wrote"}  {path.name:12}  {len(names):3} cases  {path.stat().st_size / 1000:6.1f} KB')


if __name__ == '__main__':
    main()
