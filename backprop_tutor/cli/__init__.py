"""The command line: one thin module a command."""

__all__ = ["main"]


def main() -> None:
    """The entry point of `backprop-tutor`. Ends with the exit statuses of the design."""
    from backprop_tutor.cli.app import run

    run()
