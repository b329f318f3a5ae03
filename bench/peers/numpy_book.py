"""NumPy as 'Deep Learning from Scratch' writes it: layer objects, float64, one-hot labels, a dictionary of parameters.

The loss of a step is the one its forward pass left in the last layer; the book's loop runs the net once more for it.
"""
from collections import OrderedDict

from serve import blas_name, data_of, serve, threads_text, workload  # before NumPy
import numpy as np


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    e = np.exp(x)
    return e / np.sum(e, axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    labels = t.argmax(axis=1)
    n = y.shape[0]
    return -np.sum(np.log(y[np.arange(n), labels] + 1e-7)) / n


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout


class Dropout:
    def __init__(self, ratio):
        self.ratio = ratio
        self.mask = None

    def forward(self, x, train_flg=True):
        if not train_flg:
            return x * (1.0 - self.ratio)
        self.mask = np.random.rand(*x.shape) > self.ratio
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = np.zeros_like(gamma)
        self.running_var = np.zeros_like(gamma)

    def forward(self, x, train_flg=True):
        if train_flg:
            mu = x.mean(axis=0)
            xc = x - mu
            var = np.mean(xc ** 2, axis=0)
            std = np.sqrt(var + 1e-7)
            xn = xc / std
            self.xc = xc
            self.xn = xn
            self.std = std
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            xn = (x - self.running_mean) / np.sqrt(self.running_var + 1e-7)
        return self.gamma * xn + self.beta

    def backward(self, dout):
        n = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
        dvar = 0.5 * dstd / self.std
        dxc += (2.0 / n) * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        return dxc - dmu / n


class SoftmaxWithLoss:
    def __init__(self):
        self.loss = None
        self.y = None
        self.t = None

    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, t)
        return self.loss

    def backward(self, dout=1):
        return (self.y - self.t) / self.t.shape[0]


class SGD:
    def __init__(self, lr):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class Adam:
    def __init__(self, lr, beta1=0.9, beta2=0.999):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.iter = 0
        self.m = None
        self.v = None

    def update(self, params, grads):
        if self.m is None:
            self.m = {key: np.zeros_like(val) for key, val in params.items()}
            self.v = {key: np.zeros_like(val) for key, val in params.items()}
        self.iter += 1
        lr_t = self.lr * np.sqrt(1.0 - self.beta2 ** self.iter) / (1.0 - self.beta1 ** self.iter)
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr_t * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


class MultiLayerNet:
    def __init__(self, sizes, batchnorm, keep_prob):
        self.params = {}
        self.layers = OrderedDict()
        self.depth = len(sizes) - 1
        self.batchnorm = batchnorm
        for i in range(1, self.depth + 1):
            weight = np.sqrt(2.0 / sizes[i - 1])
            self.params['W' + str(i)] = weight * np.random.randn(sizes[i - 1], sizes[i])
            self.params['b' + str(i)] = np.zeros(sizes[i])
            self.layers['Affine' + str(i)] = Affine(self.params['W' + str(i)], self.params['b' + str(i)])
            if i == self.depth:
                break
            if batchnorm:
                self.params['gamma' + str(i)] = np.ones(sizes[i])
                self.params['beta' + str(i)] = np.zeros(sizes[i])
                self.layers['BatchNorm' + str(i)] = BatchNormalization(
                    self.params['gamma' + str(i)], self.params['beta' + str(i)])
            self.layers['Relu' + str(i)] = Relu()
            if keep_prob < 1:
                self.layers['Dropout' + str(i)] = Dropout(1 - keep_prob)
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x, train_flg=False):
        for key, layer in self.layers.items():
            if 'Dropout' in key or 'BatchNorm' in key:
                x = layer.forward(x, train_flg)
            else:
                x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x, train_flg=True), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        grads = {}
        for i in range(1, self.depth + 1):
            grads['W' + str(i)] = self.layers['Affine' + str(i)].dW
            grads['b' + str(i)] = self.layers['Affine' + str(i)].db
            if self.batchnorm and i != self.depth:
                grads['gamma' + str(i)] = self.layers['BatchNorm' + str(i)].dgamma
                grads['beta' + str(i)] = self.layers['BatchNorm' + str(i)].dbeta
        return grads

    def right_answers(self, x, t):
        return np.sum(np.argmax(self.predict(x), axis=1) == np.argmax(t, axis=1))


def main():
    w = workload()
    train_size, batch_size = w['rows'], w['batchSize']
    x_train, labels = data_of(train_size, w['inputDim'], w['numClasses'])
    t_train = np.eye(w['numClasses'])[labels]
    mean = np.full(w['inputDim'], 127.5)
    scale = np.full(w['inputDim'], 1 / 73.9)
    network = MultiLayerNet([w['inputDim'], *w['hiddenDims'], w['numClasses']], w['batchnorm'], w['keepProb'])
    optimizer = (Adam if w['rule'] == 'adam' else SGD)(w['learningRate'])

    def step():
        batch_mask = np.random.choice(train_size, batch_size)
        x_batch = (x_train[batch_mask] - mean) * scale
        grads = network.gradient(x_batch, t_train[batch_mask])
        optimizer.update(network.params, grads)
        return float(network.last_layer.loss)

    def evaluation():
        right = 0
        for i in range(0, train_size, batch_size):
            x_batch = (x_train[i:i + batch_size] - mean) * scale
            right += network.right_answers(x_batch, t_train[i:i + batch_size])
        return float(right) / train_size

    name = f'NumPy {np.__version__} as the book writes it, float64, {blas_name()}, {threads_text()}'
    serve(name, evaluation if w['evaluate'] else step)


if __name__ == '__main__':
    main()
