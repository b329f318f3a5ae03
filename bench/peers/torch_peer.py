"""PyTorch on the CPU, eager: what torch 1.13 offers (no torch.compile; fused Adam is for CUDA only)."""
import os

from serve import THREADS, blas_name, data_of, serve, threads_text, workload  # before NumPy and torch

# Debian's torch has two pools of threads, its own by OpenMP and OpenBLAS's. By default those of OpenMP spin while they
# wait and take the cores from OpenBLAS: with two threads on two cores P3 took 37 ms so, 22 ms with this, one thread 27.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
import torch
from torch import nn
import torch.nn.functional as F


FORMAT = getattr(torch, (os.environ.get('BENCH_FORMAT') or 'contiguous').replace('contiguous', 'contiguous_format'))


def net_of_images(layers):
    made, channels, size = [], 3, 32
    for i, (kind, *numbers) in enumerate(layers):
        if kind == 'conv':
            filters, window, pad = numbers
            followed = [name for name, *_ in layers[i + 1:] if name != 'maxPool']
            made.append(nn.Conv2d(channels, filters, window, padding=pad, bias=followed[0] != 'batchnorm'))
            channels, size = filters, size + 2 * pad - window + 1
        elif kind == 'maxPool':
            made.append(nn.MaxPool2d(numbers[0]))
            size //= numbers[0]
        elif kind == 'affine':
            if size > 1 or channels > 1 and not any(isinstance(m, nn.Flatten) for m in made):
                made.append(nn.Flatten())
            made.append(nn.Linear(channels * size * size, numbers[0]))
            channels, size = numbers[0], 1
        else:
            made.append({'batchnorm': lambda: nn.BatchNorm2d(channels), 'relu': nn.ReLU, 'gelu': lambda: nn.GELU(approximate='tanh')}[kind]())
    return nn.Sequential(*made).to(memory_format=FORMAT)


def convolution(w):
    channels, filters, size = (w['convolution'][name] for name in ('channels', 'filters', 'size'))
    layer = nn.Conv2d(channels, filters, 3, padding=1).to(memory_format=FORMAT)
    x = torch.randn(w['batchSize'], channels, size, size).to(memory_format=FORMAT).requires_grad_()
    dout = torch.randn(w['batchSize'], filters, size, size).to(memory_format=FORMAT)

    def step():
        x.grad = layer.weight.grad = layer.bias.grad = None
        layer(x).backward(dout)

    return step


def net_of(w):
    if 'layers' in w:
        return net_of_images(w['layers'])
    layers, width = [], w['inputDim']
    for hidden in w['hiddenDims']:
        layers.append(nn.Linear(width, hidden))
        if w['batchnorm']:
            layers.append(nn.BatchNorm1d(hidden))
        layers.append(nn.ReLU(inplace=True))
        if w['keepProb'] < 1:
            layers.append(nn.Dropout(1 - w['keepProb']))
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, w['numClasses']))


def main():
    w = workload()
    if THREADS:
        torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    own = '' if THREADS else f' for BLAS, {torch.get_num_threads()} for the rest'
    format_text = ', channels_last' if FORMAT == torch.channels_last else ''
    # Unless told, the two pools may choose different numbers.
    name = f'PyTorch {torch.__version__}, {blas_name()}, {threads_text()}{own}{format_text}'
    if 'convolution' in w:
        return serve(name, convolution(w))
    rows, batch_size = w['rows'], w['batchSize']
    x, y = map(torch.from_numpy, data_of(rows, w['inputDim'], w['numClasses']))
    mean = torch.full((w['inputDim'],), 127.5)
    scale = torch.full((w['inputDim'],), 1 / 73.9)
    net = net_of(w)
    # foreach=True, measured: 2 % faster per step on P2, 3 to 5 % slower on P3 and P4. The default, a loop, it stays.
    if w['rule'] == 'adam':
        optimizer = torch.optim.Adam(net.parameters(), lr=w['learningRate'])
    else:
        momentum = {'momentum': 0.9, 'nesterov': True} if w['rule'] == 'nesterov' else {}
        optimizer = torch.optim.SGD(net.parameters(), lr=w['learningRate'], **momentum)
    shaped = (lambda t: t.view(-1, 3, 32, 32).contiguous(memory_format=FORMAT)) if 'layers' in w else (lambda t: t)

    def step():
        indices = torch.randint(rows, (batch_size,))
        # index_select takes a third of the time of x[indices].
        inputs = shaped(x.index_select(0, indices).float().sub_(mean).mul_(scale))
        loss = F.cross_entropy(net(inputs), y.index_select(0, indices))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def evaluation():
        right = 0
        for i in range(0, rows, batch_size):
            inputs = shaped(x[i:i + batch_size].float().sub_(mean).mul_(scale))
            right += (net(inputs).argmax(1) == y[i:i + batch_size]).sum().item()
        return right / rows

    net.train(not w['evaluate'])

    serve(name, evaluation if w['evaluate'] else step)


if __name__ == '__main__':
    main()
