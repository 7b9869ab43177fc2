"""The command line: one thin module a command."""

__all__ = ["main"]


def main() -> None:
    """The entry point of `backprop-tutor`. Ends with the exit statuses of the design."""
    import gc

    gc.set_threshold(100_000)  # the default collects 90 times while modules load, 20 ms for nothing

    from backprop_tutor.cli.app import run

    run()
