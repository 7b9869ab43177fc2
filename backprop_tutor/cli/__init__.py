"""The command line: one thin module a command."""

__all__ = ["main"]


def main() -> None:
    """The entry point of `backprop-tutor`. Ends with the exit statuses of the design."""
    import atexit
    import gc
    import os
    import sys

    # Garbage collection finds nothing in a program that loads modules, answers and ends:
    gc.set_threshold(100_000)  # it would run 90 times while they load, 15 ms.

    ended: list[int] = []
    # What is registered first runs last. Taking every module apart once all is written takes 20 ms.
    atexit.register(lambda: ended and os._exit(*ended))

    from backprop_tutor.cli.app import run

    status = run()
    if status is None or isinstance(status, int):
        ended.append(status or 0)
    sys.exit(status)
