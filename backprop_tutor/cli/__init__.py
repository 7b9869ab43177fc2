"""The command line: one thin module a command."""

__all__ = ["main"]


def main() -> None:
    """The entry point of `backprop-tutor`. Ends with the exit statuses of the design."""
    import atexit
    import gc

    # Garbage collection finds nothing in a program that loads modules, answers and ends:
    gc.set_threshold(100_000)  # it would run 90 times while they load, 15 ms,
    atexit.register(gc.freeze)  # and walk through all of them once more at the end, 40 ms.

    from backprop_tutor.cli.app import run

    run()
