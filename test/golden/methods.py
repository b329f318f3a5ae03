#!/usr/bin/env python3
"""Golden values of the methods of image training: PyTorch's own optimizers, initialisations and paddings, in float64.

    python3 test/golden/methods.py           rewrites methods.json beside this script
    python3 test/golden/methods.py --check   recomputes and compares with it; writes nothing

It needs PyTorch (1.13 or newer; Debian's python3-torch will do). Inputs are the formula of images.py, written down where tests need them.

Sources
  [jordan]  K. Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single GPU", arXiv 2404.00498, and its script airbench94.py
  [pytorch] torch.optim.SGD and AdamW with parameter groups, torch.nn.init.dirac_, torch.nn.functional.pad, torch.linalg.eigh
"""

import json
import sys

import torch
import torch.nn.functional as F
from golden import HERE, case, plain, same, text
from images import drawn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def tensor(seed, *shape, scale=1.0):
    return torch.tensor(drawn(seed, *shape) * scale)


def stored(tensors):
    """Tensors by name, as golden.text writes arrays"""
    return {name: t.detach().numpy().copy() for name, t in tensors.items()}


# ───────────────────────────────────────── groups of parameters ─────────────────────────────────────

ROWS, INPUTS, HIDDEN, CLASSES = 8, 4, 5, 3


def small_net():
    """affine - relu - affine, as cs231n writes its weights: (in, out)"""
    return {
        'W1': tensor(1, INPUTS, HIDDEN),
        'b1': tensor(2, HIDDEN, scale=0.1),
        'W2': tensor(3, HIDDEN, CLASSES),
        'b2': tensor(4, CLASSES, scale=0.1),
    }


def small_loss(p, x, y):
    return F.cross_entropy(torch.relu(x @ p['W1'] + p['b1']) @ p['W2'] + p['b2'], y)


def trained(groups, optimizer, learns, steps=10):
    """Steps on one batch. `groups` has the settings of each weight, `learns(name, step)` says whether it learns: a weight that does not
    has no gradient, and what the optimizer remembers of it is forgotten."""
    x, y = tensor(5, ROWS, INPUTS), torch.arange(ROWS) % CLASSES
    start = small_net()
    p = {name: w.clone().requires_grad_() for name, w in start.items()}
    rule = optimizer([{'params': [w], **groups(name)} for name, w in p.items()])
    losses = []
    for step in range(steps):
        rule.zero_grad(set_to_none=True)
        for name, w in p.items():
            w.requires_grad_(learns(name, step))
            if not learns(name, step):
                rule.state.pop(w, None)
        loss = small_loss(p, x, y)
        losses.append(loss.item())
        loss.backward()
        rule.step()
    return {**stored(start), 'x': x.numpy(), 'y': y.tolist()}, {**stored(p), 'losses': losses}


def group_cases():
    def frozen(name, step):
        return not (name == 'W1' and step < 4) and not (name == 'b1' and 2 <= step < 7) and name != 'b2'

    def sgd_settings(name):
        return {'lr': 0.1 * 4, 'momentum': 0.5} if name[0] == 'b' else {'lr': 0.1, 'momentum': 0.9}

    def adamw_settings(name):
        return {'lr': 0.01, 'weight_decay': 0.0 if name[0] == 'b' else 0.3}

    always = lambda name, step: True  # noqa: E731
    yield case('groupsMomentum', *trained(sgd_settings, torch.optim.SGD, frozen))
    yield case('groupsAdamw', *trained(adamw_settings, torch.optim.AdamW, frozen))
    # Decay that passes through the momentum: the gradient of ½·λ·w², which is `reg` here.
    coupled = lambda name: {'lr': 0.1, 'momentum': 0.9, 'weight_decay': 0.3 if name[0] == 'W' else 0.0}  # noqa: E731
    inputs, outputs = trained(coupled, torch.optim.SGD, always)
    del outputs['losses']  # PyTorch's have no term of the decay
    yield case('coupledDecay', inputs, outputs)


# ───────────────────────────────────────── decoupled weight decay ───────────────────────────────────


def decay_cases():
    """w ← (1 − α·λ)·w before the step of the rule, as AdamW does it"""
    rate, decay, steps, shape = 0.1, 0.5, 20, (3, 7)
    for name, settings in [
        ('sgd', {}),
        ('sgdMomentum', {'momentum': 0.9}),
        ('nesterov', {'momentum': 0.9, 'nesterov': True}),
    ]:
        w = tensor(6, *shape).requires_grad_()
        start = w.detach().clone()
        rule = torch.optim.SGD([w], lr=rate, **settings)
        for step in range(steps):
            w.grad = tensor(7 + step, *shape)
            with torch.no_grad():
                w.mul_(1 - rate * decay)
            rule.step()
        config = {'learningRate': rate, 'weightDecay': decay, **({'momentum': 0.9} if settings else {})}
        inputs = {'rule': name, 'config': config, 'w': start.numpy(), 'firstSeed': 7, 'steps': steps}
        yield case(f'decay {name}', inputs, stored({'w': w}))


# ───────────────────────────────────────── schedules ────────────────────────────────────────────────


def triangle(steps, start, end, peak):
    """The schedule of [jordan], where the peak is at a whole step"""
    xp, fp = torch.tensor([0, int(peak * steps), steps]), torch.tensor([start, 1, end])
    x = torch.arange(1 + steps)
    m = (fp[1:] - fp[:-1]) / (xp[1:] - xp[:-1])
    b = fp[:-1] - m * xp[:-1]
    indices = torch.clamp(torch.sum(torch.ge(x[:, None], xp[None, :]), 1) - 1, 0, len(m) - 1)
    return m[indices] * x + b[indices]


def schedule_cases():
    for steps, start, end, peak in [(100, 0.2, 0.07, 0.23), (40, 0.0, 0.0, 0.5)]:
        inputs = {'steps': steps, 'start': start, 'end': end, 'peak': peak}
        yield case(f'triangular {steps}', inputs, {'factors': triangle(steps, start, end, peak).tolist()[:-1]})
    points = [[0.1, 0.5], [0.3, 1.0], [0.3, 0.25], [0.8, 0.125], [0.9, 0.0]]
    x = torch.arange(50) / 50
    xs, fs = (torch.tensor(v) for v in zip(*points))
    # At a jump the later value counts; before the first point and after the last one its value stays.
    after = torch.searchsorted(xs, x, right=True)
    left, right = torch.clamp(after - 1, 0, len(xs) - 1), torch.clamp(after, 0, len(xs) - 1)
    width = xs[right] - xs[left]
    share = torch.where(width > 0, (x - xs[left]) / torch.where(width > 0, width, torch.ones(())), torch.zeros(()))
    factors = fs[left] + (fs[right] - fs[left]) * share
    factors[x < xs[0]] = fs[0]
    yield case('piecewiseLinear', {'points': points, 'steps': 50}, {'factors': factors.tolist()})


# ───────────────────────────────────────── average of weights ───────────────────────────────────────


def average_case():
    """Weights after 12 steps of SGD on one batch, and their average, taken every second step with a share that rises to 0.6"""
    x, y = tensor(5, ROWS, INPUTS), torch.arange(ROWS) % CLASSES
    start = small_net()
    p = {name: w.clone().requires_grad_() for name, w in start.items()}
    averages = {name: w.clone() for name, w in start.items()}
    rule = torch.optim.SGD(p.values(), lr=0.5)
    for step in range(1, 13):
        rule.zero_grad()
        small_loss(p, x, y).backward()
        rule.step()
        if step % 2 == 0:
            share = min(0.6, (1 + step / 2) / (10 + step / 2))
            for name, w in p.items():
                averages[name].lerp_(w.detach(), 1 - share)
    inputs = {**stored(start), 'x': x.numpy(), 'y': y.tolist(), 'decay': 0.6, 'every': 2, 'learningRate': 0.5, 'steps': 12}
    return case('average', inputs, {'weights': stored(p), 'average': stored(averages)})


# ───────────────────────────────────────── shifts and mirrors ───────────────────────────────────────


def shift_cases():
    """Images moved by (down, right), then mirrored, with their own reflection or zeros outside"""
    h, w = 4, 5
    x = (torch.arange(3 * 2 * h * w).reshape(3, 2, h, w) + 1 - 100.0) * 0.5
    moves = [(-3, 2, 0), (1, -4, 1), (0, 3, 1)]
    for border, mode in [('reflect', 'reflect'), ('zero', 'constant')]:
        padded = F.pad(x, (w - 1, w - 1, h - 1, h - 1), mode)
        out = []
        for image, (down, right, mirrored) in zip(padded, moves):
            top, left = h - 1 - down, w - 1 - right
            moved = image[:, top : top + h, left : left + w]
            out.append(moved.flip(-1) if mirrored else moved)
        yield case(f'shift {border}', {'moves': [list(m) for m in moves]}, stored({'out': torch.stack(out)}))


# ───────────────────────────────────────── views in evaluation ──────────────────────────────────────


def views_cases():
    """[jordan], infer_mirror and infer_mirror_translate, of a linear net"""
    x, w, b = tensor(14, 4, 2, 3, 5), tensor(15, 30, 3), tensor(16, 3)
    net = lambda images: images.reshape(len(images), -1) @ w + b  # noqa: E731
    mirror = lambda images: 0.5 * net(images) + 0.5 * net(images.flip(-1))  # noqa: E731
    padded = F.pad(x, (1, 1, 1, 1), 'reflect')
    shifted = torch.stack([mirror(padded[:, :, 0:3, 0:5]), mirror(padded[:, :, 2:5, 2:7])]).mean(0)
    inputs = {'x': x.numpy(), 'w': w.numpy(), 'b': b.numpy()}
    outputs = {'plain': net(x), 'mirror': mirror(x), 'mirrorAndShift': 0.5 * mirror(x) + 0.5 * shifted}
    yield case('views', inputs, stored({name: torch.softmax(out, 1) for name, out in outputs.items()}))


# ───────────────────────────────────────── initial filters ──────────────────────────────────────────


def init_cases():
    for filters, channels, h, w in [(5, 3, 3, 3), (2, 4, 2, 3)]:
        start = tensor(11, filters, channels, h, w)
        filled = start.clone()
        torch.nn.init.dirac_(filled[:channels])
        yield case(f'dirac {filters}', {'w': start.numpy()}, stored({'w': filled}))
    # [jordan], with patches around their mean, and ε relative to their variance
    x = tensor(12, 20, 2, 6, 5) + tensor(13, 20, 2, 1, 1) + 0.5
    for stride, filters in [(1, 16), (2, 11)]:
        patches = x.unfold(2, 2, stride).unfold(3, 2, stride).permute(0, 2, 3, 1, 4, 5).reshape(-1, 8)
        mean = patches.mean(0)
        centered = patches - mean
        covariance = centered.T @ centered / len(centered)
        values, vectors = torch.linalg.eigh(covariance, UPLO='U')
        values, vectors = values.flip(0), vectors.T.flip(0)
        largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
        vectors = vectors * largest.sign()
        scaled = vectors / torch.sqrt(values + 5e-4 * covariance.trace() / 8)[:, None]
        w = torch.cat([scaled, -scaled])[:filters]
        inputs = {'x': x.numpy(), 'stride': stride, 'filters': filters}
        yield case(f'whitening {stride}', inputs, stored({'W': w.reshape(filters, 2, 2, 2), 'b': -w @ mean}))


def methods():
    cases = [*group_cases(), *decay_cases(), *schedule_cases(), average_case(), *shift_cases(), *init_cases(), *views_cases()]
    return {'about': 'Methods of image training, by PyTorch. Gradients of decay cases are drawn by the formula of images.py.', 'cases': plain(cases)}


def main():
    path, content = HERE / 'methods.json', methods()
    if '--check' in sys.argv[1:]:
        same(content, json.loads(path.read_text()), path.name)
    else:
        path.write_text(text(content) + '\n', encoding='utf-8')
    print(f'{"same" if "--check" in sys.argv[1:] else "wrote"}  {path.name:12}  {len(content["cases"]):3} cases  {path.stat().st_size / 1000:6.1f} KB')


if __name__ == '__main__':
    main()
