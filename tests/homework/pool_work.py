"""What the pool's workers do in its tests."""

import os
import signal
import time
from collections.abc import Callable


def make(greeting: str) -> Callable[[object], str]:
    def do(payload: object) -> str:
        if payload == "hang":
            time.sleep(600)
        if payload == "nap":
            time.sleep(0.5)
        if payload == "die":
            os._exit(3)
        if payload == "eat":
            bytearray(1 << 40)
        return f"{greeting} {str(payload)[:20]}"

    return do


def make_masked() -> Callable[[object], bool]:
    held = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return lambda payload: held


def broken() -> Callable[[object], str]:
    raise ImportError("no such thing")
