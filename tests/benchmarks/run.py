"""Measure speed and size, as ratios: `python tests/benchmarks/run.py [NAME ...] [--full]`.

Without a name, every benchmark runs (about a minute); `--full` measures everything that is otherwise scaled
from a sample (some minutes).
"""

import argparse
import os
from compileall import compile_dir
from importlib import import_module
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported: threads measure the other load

PACKAGE = Path(__file__).parents[2] / "backprop_tutor"
BENCHMARKS = (
    "symbolic_backward",
    "float_pass",
    "convolution_pass",
    "sequence_passes",
    "one_quantity",
    "confirmation",
    "start_up",
    "step_tables",
    "session_replies",
    "long_derivations",
    "homework",
    "code_checking",
    "practising",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--full", action="store_true", help="measure everything; nothing is scaled")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(
            f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}"
        )
    compile_dir(PACKAGE, quiet=1)  # as an installer does: a checkout may hold no bytecode
    for name in options.names or BENCHMARKS:
        benchmark = import_module(name)
        print(f"{name}: {benchmark.__doc__}", flush=True)
        benchmark.run(full=options.full)


if __name__ == "__main__":
    main()
