"""PyTorch on the CPU, eager: what torch 1.13 offers (no torch.compile; fused Adam is for CUDA only)."""
import os

from serve import THREADS, blas_name, data_of, serve, threads_text, workload  # before NumPy and torch

# Debian's torch has two pools of threads, its own by OpenMP and OpenBLAS's. By default those of OpenMP spin while they
# wait and take the cores from OpenBLAS: with two threads on two cores P3 took 37 ms so, 22 ms with this, one thread 27.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
import torch
from torch import nn
import torch.nn.functional as F


def net_of(w):
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
    rows, batch_size = w['rows'], w['batchSize']
    x, y = map(torch.from_numpy, data_of(rows, w['inputDim'], w['numClasses']))
    mean = torch.full((w['inputDim'],), 127.5)
    scale = torch.full((w['inputDim'],), 1 / 73.9)
    net = net_of(w)
    # foreach=True, measured: 2 % faster per step on P2, 3 to 5 % slower on P3 and P4. The default, a loop, it stays.
    if w['rule'] == 'adam':
        optimizer = torch.optim.Adam(net.parameters(), lr=w['learningRate'])
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=w['learningRate'])

    def step():
        indices = torch.randint(rows, (batch_size,))
        # index_select takes a third of the time of x[indices].
        inputs = x.index_select(0, indices).float().sub_(mean).mul_(scale)
        loss = F.cross_entropy(net(inputs), y.index_select(0, indices))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def evaluation():
        right = 0
        for i in range(0, rows, batch_size):
            inputs = x[i:i + batch_size].float().sub_(mean).mul_(scale)
            right += (net(inputs).argmax(1) == y[i:i + batch_size]).sum().item()
        return right / rows

    net.train(not w['evaluate'])

    # Unless told, the two pools may choose different numbers.
    own = '' if THREADS else f' for BLAS, {torch.get_num_threads()} for the rest'
    name = f'PyTorch {torch.__version__}, {blas_name()}, {threads_text()}{own}'
    serve(name, evaluation if w['evaluate'] else step)


if __name__ == '__main__':
    main()
