"""NumPy by someone who knows it: float32 throughout, out= into buffers allocated once, no gradient of the input."""
from math import sqrt

from serve import blas_name, data_of, serve, threads_text, workload  # before NumPy
import numpy as np

EPS = 1e-5
MOMENTUM = 0.9
# The update runs over pieces of the flat parameters whose five rows stay in the cache.
PIECE = 16384


class Layer:
    """Affine [- batch norm] - relu [- dropout], or the last affine alone; its parameters are views of a flat array."""

    def __init__(self, n, fan_in, fan_out, last, batchnorm, keep_prob, params, grads, rng):
        self.n = n
        self.hidden = not last
        self.batchnorm = batchnorm and not last
        self.keep = keep_prob if self.hidden and keep_prob < 1 else None
        self.rng = rng
        self.w, self.b, self.gamma, self.beta = self.views(params, fan_in, fan_out)
        self.dw, self.db, self.dgamma, self.dbeta = self.views(grads, fan_in, fan_out)
        rng.standard_normal(dtype=np.float32, out=self.w)
        self.w *= np.float32(sqrt(2 / fan_in))
        self.out = np.empty((n, fan_out), np.float32)
        self.temp = np.empty_like(self.out)
        self.mask = np.empty(self.out.shape, bool)
        self.ones = np.ones(n, np.float32)
        if self.batchnorm:
            self.gamma[:] = 1
            self.xhat = np.empty_like(self.out)
            self.mean, self.var, self.inv, self.factor = np.zeros((4, fan_out), np.float32)
            self.running_mean = np.zeros(fan_out, np.float32)
            self.running_var = np.ones(fan_out, np.float32)

    @staticmethod
    def size(fan_in, fan_out, batchnorm):
        return fan_in * fan_out + (3 if batchnorm else 1) * fan_out

    def views(self, flat, fan_in, fan_out):
        vectors = flat[fan_in * fan_out:].reshape(-1, fan_out)
        gamma, beta = vectors[1:] if self.batchnorm else (None, None)
        return flat[:fan_in * fan_out].reshape(fan_in, fan_out), vectors[0], gamma, beta

    def forward(self, x):
        self.x = x
        out = np.matmul(x, self.w, out=self.out)
        if self.batchnorm:
            self.normalise(out)
        else:
            out += self.b
        if self.hidden:
            np.maximum(out, 0, out=out)
        if self.keep:
            self.rng.random(dtype=np.float32, out=self.temp)
            np.less(self.temp, self.keep, out=self.mask)
            out *= self.mask
            out *= 1 / self.keep
        return out

    def normalise(self, out):
        """Sums over the batch are products with a vector of ones, which BLAS does."""
        n, xhat = self.n, self.xhat
        out += self.b
        np.matmul(self.ones, out, out=self.mean)
        self.mean /= n
        np.subtract(out, self.mean, out=xhat)
        np.multiply(xhat, xhat, out=self.temp)
        np.matmul(self.ones, self.temp, out=self.var)
        self.var /= n
        np.add(self.var, EPS, out=self.inv)
        np.sqrt(self.inv, out=self.inv)
        np.reciprocal(self.inv, out=self.inv)
        xhat *= self.inv
        np.multiply(xhat, self.gamma, out=out)
        out += self.beta
        self.running_mean += (1 - MOMENTUM) * (self.mean - self.running_mean)
        self.running_var += (1 - MOMENTUM) * (self.var - self.running_var)

    def backward(self, dout, dx):
        """Overwrites dout; dx is where the gradient of the input goes, or None if nobody needs it."""
        if self.hidden:
            # What was dropped is zero too, so that one mask serves relu and dropout.
            np.greater(self.out, 0, out=self.mask)
            dout *= self.mask
            if self.keep:
                dout *= 1 / self.keep
        if self.batchnorm:
            np.matmul(self.ones, dout, out=self.dbeta)
            np.multiply(dout, self.xhat, out=self.temp)
            np.matmul(self.ones, self.temp, out=self.dgamma)
            np.multiply(self.xhat, self.dgamma / self.n, out=self.temp)
            dout -= self.temp
            dout -= self.dbeta / self.n
            np.multiply(self.gamma, self.inv, out=self.factor)
            dout *= self.factor
        np.matmul(self.x.T, dout, out=self.dw)
        np.matmul(self.ones, dout, out=self.db)
        if dx is not None:
            np.matmul(dout, self.w.T, out=dx)

    def infer(self, x):
        out = np.matmul(x, self.w, out=self.out[:len(x)])
        if self.batchnorm:
            factor = self.gamma / np.sqrt(self.running_var + EPS)
            out *= factor
            out += self.beta + (self.b - self.running_mean) * factor
        else:
            out += self.b
        if self.hidden:
            np.maximum(out, 0, out=out)
        return out


class Net:
    def __init__(self, sizes, n, batchnorm, keep_prob, rng):
        pairs = list(zip(sizes[:-1], sizes[1:]))
        counts = [Layer.size(*pair, batchnorm) for pair in pairs[:-1]]
        counts.append(Layer.size(*pairs[-1], False))
        self.params = np.zeros(sum(counts), np.float32)
        self.grads = np.zeros_like(self.params)
        self.layers = []
        start = 0
        for at, ((fan_in, fan_out), count) in enumerate(zip(pairs, counts)):
            part = slice(start, start + count)
            self.layers.append(Layer(n, fan_in, fan_out, at == len(pairs) - 1, batchnorm, keep_prob,
                                     self.params[part], self.grads[part], rng))
            start += count
        self.douts = [np.empty_like(layer.out) for layer in self.layers]
        self.n = n
        self.arange = np.arange(n)

    def loss_and_grads(self, x, labels):
        for layer in self.layers:
            x = layer.forward(x)
        dout = self.douts[-1]
        np.subtract(x, x.max(axis=1, keepdims=True), out=dout)
        np.exp(dout, out=dout)
        dout /= dout.sum(axis=1, keepdims=True)
        loss = -float(np.log(dout[self.arange, labels] + 1e-30).mean())
        dout[self.arange, labels] -= 1
        dout *= 1 / self.n
        for i in range(len(self.layers) - 1, -1, -1):
            self.layers[i].backward(self.douts[i], self.douts[i - 1] if i else None)
        return loss

    def predict(self, x):
        for layer in self.layers:
            x = layer.infer(x)
        return x.argmax(axis=1)


class Sgd:
    def __init__(self, params, grads, lr):
        self.params, self.grads, self.lr = params, grads, lr

    def update(self):
        self.grads *= self.lr
        self.params -= self.grads


class Adam:
    """m and v are kept without the factors (1 - beta), which move into the step size and epsilon."""

    def __init__(self, params, grads, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        m, v = np.zeros_like(params), np.zeros_like(params)
        temp = np.empty(PIECE, np.float32)
        self.pieces = []
        for start in range(0, len(params), PIECE):
            piece = [a[start:start + PIECE] for a in (params, grads, m, v)]
            self.pieces.append((*piece, temp[:len(piece[0])]))

    def update(self):
        self.t += 1
        beta1, beta2 = self.beta1, self.beta2
        root = sqrt((1 - beta2) / (1 - beta2 ** self.t))
        rate = self.lr * (1 - beta1) / (1 - beta1 ** self.t) / root
        eps = self.eps / root
        for p, g, m, v, temp in self.pieces:
            m *= beta1
            m += g
            g *= g
            v *= beta2
            v += g
            np.sqrt(v, out=temp)
            temp += eps
            np.divide(m, temp, out=temp)
            temp *= rate
            p -= temp


def main():
    w = workload()
    rows, n, width = w['rows'], w['batchSize'], w['inputDim']
    x, y = data_of(rows, width, w['numClasses'])
    mean = np.full(width, 127.5, np.float32)
    scale = np.full(width, 1 / 73.9, np.float32)
    rng = np.random.default_rng(2)
    net = Net([width, *w['hiddenDims'], w['numClasses']], n, w['batchnorm'], w['keepProb'], rng)
    optimizer = (Adam if w['rule'] == 'adam' else Sgd)(net.params, net.grads, w['learningRate'])
    drawn = np.empty((n, width), np.uint8)
    batch = np.empty((n, width), np.float32)

    def standardised(images):
        # Converting first is faster than a subtraction that converts, which NumPy does piece by piece.
        out = batch[:len(images)]
        out[...] = images
        out -= mean
        out *= scale
        return out

    def step():
        indices = rng.integers(0, rows, n)
        # mode='clip', since with the default take checks first and copies twice.
        np.take(x, indices, axis=0, out=drawn, mode='clip')
        loss = net.loss_and_grads(standardised(drawn), y[indices])
        optimizer.update()
        return loss

    def evaluation():
        right = 0
        for i in range(0, rows, n):
            right += int(np.count_nonzero(net.predict(standardised(x[i:i + n])) == y[i:i + n]))
        return right / rows

    name = f'NumPy {np.__version__} with care, float32, {blas_name()}, {threads_text()}'
    serve(name, evaluation if w['evaluate'] else step)


if __name__ == '__main__':
    main()
