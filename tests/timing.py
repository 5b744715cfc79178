"""Time what is compared."""

import time


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
