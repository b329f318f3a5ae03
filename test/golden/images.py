#!/usr/bin/env python3
"""Golden values of layers of images: plain loops in NumPy float64, and nothing from cachegrad.

    python3 test/golden/images.py           rewrites images.json beside this script
    python3 test/golden/images.py --check   recomputes and compares with it; writes nothing

Every gradient is compared with a complex step and a central difference along random directions before it is written. Inputs are
a formula, so that large ones need no room: element i of {shape, seed} is ((31·i² + 7919·i + 104729·seed) mod 2003 − 1001)/1024.
Of an output of more than 400 elements every step-th one is kept: {shape, step, data}.

Sources
  [cs231n]  https://cs231n.github.io/convolutional-networks/, and assignment 2, whose notebooks print the values of PUBLISHED
  [ioffe]   Ioffe & Szegedy 2015, arXiv 1502.03167       [wu]  Wu & He 2018, arXiv 1803.08494
"""

import json
import math
import sys

import numpy as np
from golden import EPS, HERE, close, same, text

KEPT = 400


def drawn(seed, *shape):
    """Inputs: multiples of 1/1024 in [−0.98, 0.98], exact in float32 as well"""
    i = np.arange(math.prod(shape), dtype=np.int64)
    return (((31 * i * i + 7919 * i + 104729 * seed) % 2003 - 1001) / 1024).reshape(shape)


# ───────────────────────────────────────────── layers ─────────────────────────────────────────────
# All functions take complex numbers too (for the complex step): comparisons look at the real part.


def places(size, window, stride, pad):
    return (size + 2 * pad - window) // stride + 1


def conv_forward(x, w, b, stride, pad):
    """[cs231n], conv_forward_naive"""
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    OH, OW = places(H, HH, stride[0], pad[0]), places(W, WW, stride[1], pad[1])
    padded = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
    out = np.zeros((N, F, OH, OW), dtype=np.result_type(x, w, b))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                seen = padded[n, :, i * stride[0] : i * stride[0] + HH, j * stride[1] : j * stride[1] + WW]
                for f in range(F):
                    out[n, f, i, j] = np.sum(seen * w[f]) + b[f]
    return out


def conv_backward(dout, x, w, b, stride, pad):
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
    dpadded, dw, db = np.zeros(padded.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(N):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                at = (n, slice(None), slice(i * stride[0], i * stride[0] + HH), slice(j * stride[1], j * stride[1] + WW))
                for f in range(F):
                    dpadded[at] += dout[n, f, i, j] * w[f]
                    dw[f] += dout[n, f, i, j] * padded[at]
                    db[f] += dout[n, f, i, j]
    return {'dx': dpadded[:, :, pad[0] : pad[0] + H, pad[1] : pad[1] + W], 'dw': dw, 'db': db}


def windows(x, size, stride):
    """Each place of a pool: where it goes, and what it sees"""
    N, C, H, W = x.shape
    for n in range(N):
        for c in range(C):
            for i in range(places(H, size[0], stride[0], 0)):
                for j in range(places(W, size[1], stride[1], 0)):
                    yield (n, c, i, j), (n, c, slice(i * stride[0], i * stride[0] + size[0]), slice(j * stride[1], j * stride[1] + size[1]))


def pooled(x, size, stride, f):
    N, C, H, W = x.shape
    out = np.zeros((N, C, places(H, size[0], stride[0], 0), places(W, size[1], stride[1], 0)), dtype=x.dtype)
    for to, seen in windows(x, size, stride):
        out[to] = f(x[seen])
    return out


def first_largest(seen):
    """NumPy's argmax takes the first of equal ones, row by row"""
    return np.unravel_index(np.argmax(seen.real), seen.shape)


def max_pool_forward(x, size, stride):
    return pooled(x, size, stride, lambda seen: seen[first_largest(seen)])


def max_pool_backward(dout, x, size, stride):
    dx = np.zeros(x.shape)
    for to, seen in windows(x, size, stride):
        dx[seen][first_largest(x[seen])] += dout[to]
    return {'dx': dx}


def avg_pool_forward(x, size, stride):
    return pooled(x, size, stride, np.mean)


def avg_pool_backward(dout, x, size, stride):
    dx = np.zeros(x.shape)
    for to, seen in windows(x, size, stride):
        dx[seen] += dout[to] / (size[0] * size[1])
    return {'dx': dx}


def global_avg_pool_forward(x):
    return x.mean(axis=(2, 3))


def global_avg_pool_backward(dout, x):
    return {'dx': np.ones(x.shape) * dout[:, :, None, None] / (x.shape[2] * x.shape[3])}


def by_channel(v):
    return v[None, :, None, None]


def moments(x, axes):
    mean = x.mean(axis=axes, keepdims=True)
    return mean, ((x - mean) ** 2).mean(axis=axes, keepdims=True)


def normalized_backward(dx_hat, x, axes):
    """the chain of [ioffe], section 3: ∂ℓ/∂σ², ∂ℓ/∂μ, ∂ℓ/∂x"""
    n = math.prod(x.shape[a] for a in axes)
    mean, variance = moments(x, axes)
    dvariance = np.sum(dx_hat * (x - mean), axis=axes, keepdims=True) * -0.5 * (variance + EPS) ** -1.5
    dmean = -np.sum(dx_hat, axis=axes, keepdims=True) / np.sqrt(variance + EPS)
    return dx_hat / np.sqrt(variance + EPS) + dvariance * 2 * (x - mean) / n + dmean / n


def spatial_batchnorm_forward(x, gamma, beta):
    """γ·x̂ + β over images and places, per channel [ioffe], section 3.2"""
    mean, variance = moments(x, (0, 2, 3))
    return by_channel(gamma) * (x - mean) / np.sqrt(variance + EPS) + by_channel(beta)


def spatial_batchnorm_backward(dout, x, gamma, beta):
    mean, variance = moments(x, (0, 2, 3))
    x_hat = (x - mean) / np.sqrt(variance + EPS)
    dx = normalized_backward(dout * by_channel(gamma), x, (0, 2, 3))
    return {'dx': dx, 'dgamma': np.sum(dout * x_hat, axis=(0, 2, 3)), 'dbeta': np.sum(dout, axis=(0, 2, 3))}


def grouped(x, groups):
    N, C, H, W = x.shape
    return x.reshape(N, groups, C // groups, H, W)


def spatial_groupnorm_forward(x, gamma, beta, groups):
    """γ·x̂ + β, x̂ over groups of channels of each image [wu]"""
    g = grouped(x, groups)
    mean, variance = moments(g, (2, 3, 4))
    return by_channel(gamma) * ((g - mean) / np.sqrt(variance + EPS)).reshape(x.shape) + by_channel(beta)


def spatial_groupnorm_backward(dout, x, gamma, beta, groups):
    g = grouped(x, groups)
    mean, variance = moments(g, (2, 3, 4))
    x_hat = ((g - mean) / np.sqrt(variance + EPS)).reshape(x.shape)
    dx = normalized_backward(grouped(dout * by_channel(gamma), groups), g, (2, 3, 4)).reshape(x.shape)
    return {'dx': dx, 'dgamma': np.sum(dout * x_hat, axis=(0, 2, 3)), 'dbeta': np.sum(dout, axis=(0, 2, 3))}


def im2col(x, size, stride, pad):
    """the book's, row (n, i, j), column (c, u, v)"""
    (N, C, H, W), rows = x.shape, []
    padded = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
    for n in range(N):
        for i in range(places(H, size[0], stride[0], pad[0])):
            for j in range(places(W, size[1], stride[1], pad[1])):
                rows.append(padded[n, :, i * stride[0] : i * stride[0] + size[0], j * stride[1] : j * stride[1] + size[1]].ravel())
    return np.array(rows)


# ───────────────────────────────────────────── checks ─────────────────────────────────────────────


def check_gradients(name, forward, inputs, grads, dout, h=1e-4):
    """Along two random directions for each input: complex step, and central difference with error O(h⁴)"""
    rng = np.random.default_rng(231)
    for of, grad in grads.items():
        wrt = of[1:]
        assert grad.shape == inputs[wrt].shape, f'{name}: shape of {of}'
        for _ in range(2):
            v = rng.standard_normal(grad.shape) / math.sqrt(grad.size)

            def loss(t):
                return np.sum(forward(**{**inputs, wrt: inputs[wrt] + t * v}) * dout)

            along = np.sum(grad * v)
            close(f'{name}.{of}, complex step', along, loss(1e-30j).imag / 1e-30, 1e-11)
            difference = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h)
            if 'maxPool' not in name:  # whose maxima may change within a step
                close(f'{name}.{of}, central difference', along, difference, 1e-8)


# cs231n, assignment 2, ConvolutionalNetworks.ipynb: printed to 8 digits
PUBLISHED_CONV = [
    [[[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]], [[0.21027089, 0.21661097], [0.22847626, 0.23004637]], [[0.50813986, 0.54309974], [0.64082444, 0.67101435]]],
    [[[-0.98053589, -1.03143541], [-1.19128892, -1.24695841]], [[0.69108355, 0.66880383], [0.59480972, 0.56776003]], [[2.36270298, 2.36904306], [2.38090835, 2.38247847]]],
]
PUBLISHED_MAX_POOL = [
    [[[-0.26315789, -0.24842105], [-0.20421053, -0.18947368]], [[-0.14526316, -0.13052632], [-0.08631579, -0.07157895]], [[-0.02736842, -0.01263158], [0.03157895, 0.04631579]]],
    [[[0.09052632, 0.10526316], [0.14947368, 0.16421053]], [[0.20842105, 0.22315789], [0.26736842, 0.28210526]], [[0.32631579, 0.34105263], [0.38526316, 0.4]]],
]


def check_published():
    x = np.linspace(-0.1, 0.5, num=2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    w = np.linspace(-0.2, 0.3, num=3 * 3 * 4 * 4).reshape(3, 3, 4, 4)
    b = np.linspace(-0.1, 0.2, num=3)
    close('cs231n, conv', conv_forward(x, w, b, (2, 2), (1, 1)), np.array(PUBLISHED_CONV), 1e-8)
    x = np.linspace(-0.3, 0.4, num=2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    close('cs231n, max pool', max_pool_forward(x, (2, 2), (2, 2)), np.array(PUBLISHED_MAX_POOL), 1e-8)


# ───────────────────────────────────────────── cases ──────────────────────────────────────────────


def kept(value):
    """An output as it is, or of a large one every step-th element"""
    if value.size <= KEPT:
        return {'shape': list(value.shape), 'step': 1, 'data': value.ravel().tolist()}
    step = next(s for s in range(value.size // KEPT + 1, value.size) if all(math.gcd(s, n) == 1 for n in value.shape))
    return {'shape': list(value.shape), 'step': step, 'data': value.ravel()[::step].tolist()}


def image_case(kind, title, forward, backward, tensors, numbers, kink=None):
    """`tensors` are shapes by name, drawn with seeds 1, 2, … in that order"""
    name = f'{kind} {title}'
    stored = {k: {'shape': list(shape), 'seed': seed} for seed, (k, shape) in enumerate(tensors.items(), 1)}
    inputs = {k: drawn(v['seed'], *v['shape']) for k, v in stored.items()}
    if 'gamma' in inputs:
        inputs['gamma'] = inputs['gamma'] + 1
    if kink:
        inputs['x'] = kink(inputs['x'])
    out = forward(**inputs, **numbers)
    seed = len(stored) + 1
    dout = drawn(seed, *out.shape)
    grads = backward(dout, **inputs, **numbers)
    if not kink:
        check_gradients(name, lambda **given: forward(**given, **numbers), inputs, grads, dout)
    stored['dout'] = {'shape': list(out.shape), 'seed': seed}
    return {'name': name, 'kind': kind, 'inputs': {**stored, **numbers}, 'outputs': {'out': kept(out), **{k: kept(v) for k, v in grads.items()}}}


def conv_case(title, x, w, stride=(1, 1), pad=(0, 0)):
    tensors = {'x': x, 'w': (w[0], x[1], *w[1:]), 'b': (w[0],)}
    return image_case('conv', title, conv_forward, conv_backward, tensors, {'stride': list(stride), 'pad': list(pad)})


def pool_cases(title, x, size, stride):
    numbers = {'size': list(size), 'stride': list(stride)}
    return [
        image_case('maxPool', title, max_pool_forward, max_pool_backward, {'x': x}, numbers),
        image_case('avgPool', title, avg_pool_forward, avg_pool_backward, {'x': x}, numbers),
    ]


def norm_tensors(x):
    return {'x': x, 'gamma': (x[1],), 'beta': (x[1],)}


def images():
    check_published()
    cases = [
        conv_case('3×3, pad 1', (2, 3, 5, 7), (4, 3, 3), pad=(1, 1)),
        conv_case('one image, one channel, one filter', (1, 1, 4, 4), (1, 3, 3)),
        conv_case('one pixel', (3, 2, 1, 1), (4, 1, 1)),
        conv_case('one pixel and a rim of 3', (2, 2, 1, 1), (3, 5, 3), pad=(3, 3)),
        conv_case('1×1', (2, 5, 4, 3), (3, 1, 1)),
        conv_case('1×1, stride 2', (2, 3, 5, 4), (4, 1, 1), stride=(2, 2)),
        conv_case('stride 2 that leaves a rest', (2, 3, 6, 8), (2, 3, 3), stride=(2, 2), pad=(1, 1)),
        conv_case('stride 3, pad 2', (1, 2, 9, 7), (3, 4, 4), stride=(3, 3), pad=(2, 2)),
        conv_case('oblong filters', (2, 2, 6, 9), (3, 2, 5), pad=(0, 2)),
        conv_case('steps and rims of two sizes', (2, 2, 7, 6), (2, 3, 2), stride=(2, 3), pad=(3, 1)),
        conv_case('as large as the plane', (3, 2, 4, 5), (4, 4, 5)),
        conv_case('a gap between windows', (2, 1, 7, 7), (2, 2, 2), stride=(3, 3)),
        conv_case('7×7, pad 3', (1, 3, 8, 8), (2, 7, 7), pad=(3, 3)),
        conv_case('17 channels, 6×6', (2, 17, 6, 6), (33, 3, 3), pad=(1, 1)),
        conv_case('33 channels, 7×9', (2, 33, 7, 9), (17, 3, 3), pad=(1, 1)),
        conv_case('17 channels, 31×31', (1, 17, 31, 31), (5, 3, 3), pad=(1, 1)),
        *[
            conv_case(f'{N} of {C} channels to {F}, {H}×{W}', (N, C, H, W), (F, 3, 3), pad=(1, 1))
            for H, W in [(6, 6), (7, 9), (31, 31), (3, 3)]
            for N, C, F in [(1, 17, 33), (3, 33, 17)]
        ],
        conv_case('31 channels to 9, 5×5, in bands', (1, 31, 37, 33), (9, 5, 5), pad=(2, 2)),
        conv_case('40 small planes', (40, 5, 3, 4), (7, 3, 3), pad=(1, 1)),
        *pool_cases('2×2', (2, 3, 4, 6), (2, 2), (2, 2)),
        *pool_cases('2×2 of odd planes', (2, 3, 7, 9), (2, 2), (2, 2)),
        *pool_cases('3×3, stride 2, windows overlap', (2, 2, 7, 7), (3, 3), (2, 2)),
        *pool_cases('oblong', (1, 2, 5, 8), (3, 2), (1, 3)),
        *pool_cases('one pixel', (2, 3, 1, 1), (1, 1), (1, 1)),
        *pool_cases('33 channels, 31×31', (1, 33, 31, 31), (2, 2), (2, 2)),
        image_case('maxPool', 'ties', max_pool_forward, max_pool_backward, {'x': (2, 2, 6, 6)}, {'size': [3, 3], 'stride': [1, 1]}, kink=lambda x: np.round(x * 2) / 2),
        image_case('globalAvgPool', '5×3', global_avg_pool_forward, global_avg_pool_backward, {'x': (2, 4, 5, 3)}, {}),
        image_case('globalAvgPool', 'one pixel', global_avg_pool_forward, global_avg_pool_backward, {'x': (2, 4, 1, 1)}, {}),
    ]
    for title, x in [
        ('3×4', (3, 2, 3, 4)), ('one image', (1, 3, 2, 5)), ('one pixel', (4, 3, 1, 1)),
        ('17 channels, 6×6', (2, 17, 6, 6)), ('33 channels, 7×9', (2, 33, 7, 9)), ('17 channels, 31×31', (1, 17, 31, 31)),
    ]:  # fmt: skip
        cases.append(image_case('spatialBatchnorm', title, spatial_batchnorm_forward, spatial_batchnorm_backward, norm_tensors(x), {}))
    for title, x, groups in [
        ('one group', (2, 6, 3, 4), 1), ('three groups', (2, 6, 3, 4), 3), ('a group a channel', (1, 3, 2, 5), 3),
        ('one pixel', (3, 4, 1, 1), 2), ('33 channels, 7×9', (2, 33, 7, 9), 11), ('17 channels, 31×31', (1, 17, 31, 31), 17),
    ]:  # fmt: skip
        cases.append(image_case('spatialGroupnorm', title, spatial_groupnorm_forward, spatial_groupnorm_backward, norm_tensors(x), {'groups': groups}))
    numbers = {'size': [3, 2], 'stride': [2, 1], 'pad': [1, 2]}
    stored = {'x': {'shape': [2, 3, 4, 5], 'seed': 1}}
    cases.append({'name': 'im2col', 'kind': 'im2col', 'inputs': {**stored, **numbers}, 'outputs': {'out': kept(im2col(drawn(1, 2, 3, 4, 5), **numbers))}})
    return {'about': 'Layers of images, forward and backward. Inputs are drawn by a formula (see images.py); gamma is drawn + 1, ties are halves.', 'cases': cases}


def main():
    np.seterr(all='raise', under='ignore')
    path, content = HERE / 'images.json', images()
    if '--check' in sys.argv[1:]:
        same(content, json.loads(path.read_text()), path.name)
    else:
        path.write_text(text(content) + '\n', encoding='utf-8')
    print(f'{"same" if "--check" in sys.argv[1:] else "wrote"}  {path.name:12}  {len(content["cases"]):3} cases  {path.stat().st_size / 1000:6.1f} KB')


if __name__ == '__main__':
    main()
