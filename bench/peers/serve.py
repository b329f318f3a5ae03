"""The Python side of the protocol of a peer; import it before NumPy, which reads the thread counts when it loads."""
import json
import os
import sys
from time import perf_counter

THREADS = int(os.environ.get('BENCH_THREADS') or 0)
if THREADS:
    for library in ('OPENBLAS', 'OMP', 'MKL'):
        os.environ[library + '_NUM_THREADS'] = str(THREADS)


def threads_text():
    count = THREADS or len(os.sched_getaffinity(0))
    return f'{count} thread{"s" if count > 1 else ""}'


def workload():
    return json.loads(sys.argv[-1])


def data_of(rows, columns, classes):
    import numpy as np
    rng = np.random.default_rng(1)
    x = rng.integers(0, 256, (rows, columns), dtype=np.uint8)
    return x, rng.integers(0, classes, rows)


def blas_name():
    """The OpenBLAS that is loaded, with the kernels it chose, as it describes itself."""
    import ctypes
    import re
    with open('/proc/self/maps') as maps:
        paths = sorted({line.split()[-1] for line in maps if 'openblas' in line})
    for path in paths:
        library = ctypes.CDLL(path)
        for symbol in ('openblas_get_config', 'openblas_get_config64_', 'scipy_openblas_get_config64_'):
            if hasattr(library, symbol):
                get_config = getattr(library, symbol)
                get_config.restype = ctypes.c_char_p
                version, core = re.match(r'(OpenBLAS \S+).*?(\w+) MAX_THREADS', get_config().decode()).groups()
                return f'{version} {core}'
    return 'unknown BLAS'


def tell(message):
    print(json.dumps(message) if isinstance(message, dict) else repr(message), flush=True)


def seconds_of(step, steps):
    start = perf_counter()
    for _ in range(steps):
        step()
    return perf_counter() - start


def serve(description, step):
    """Answers each number of steps with the seconds that they took."""
    tell({'description': description})
    for line in sys.stdin:
        tell(seconds_of(step, int(line)))
