"""`explain` as users run it."""

import json

import pytest
from conftest import Program


def test_every_form_by_default(program: Program) -> None:
    done = program("explain", "exercise1", "dJ/dW1[1,2]")
    assert (done.returncode, done.stderr) == (0, "")
    titles = ["Index form", "Scalar form", "Matrix form", "Numbers", "Paths"]
    assert [line for line in done.stdout.splitlines() if line in titles] == titles
    assert done.stdout.count(" verified\n") == 3
    assert "∂net2/∂h1" in done.stdout.partition("Paths\n")[2]
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


@pytest.mark.parametrize("form", ["index", "scalar", "matrix", "numbers", "paths"])
@pytest.mark.parametrize("reading", [(), ("--plain",), ("--latex",), ("--ascii",), ("--json",)])
def test_one_form_in_every_reading(program: Program, form: str, reading: tuple[str, ...]) -> None:
    done = program("explain", "mazur", "dJ/dW2[1,2]", "--form", form, *reading, columns=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_json_with_every_form(program: Program) -> None:
    document = json.loads(program("explain", "exercise1", "dJ/dW1[1,1]", "--json").stdout)
    assert document["forms"]["numbers"][-1]["text"] == "∂J/∂W1[1,1] = -1"
    assert (document["value"], document["exact"]) == (-1.0, "-1")
    assert sum(path["product"] for path in document["paths"]) == document["value"]


def test_one_output_at_a_time(program: Program) -> None:
    done = program("explain", "exercise1", "dJ/dW1", "--json", "--latex")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--json and --latex" in done.stderr


def test_unroll_derives_without_deltas(program: Program) -> None:
    done = program("explain", "exercise3", "dJ/dW1[1,2]", "--form", "index", "--unroll")
    assert "δ1" not in done.stdout
    assert "δ1" in program("explain", "exercise3", "dJ/dW1[1,2]", "--form", "index").stdout


def test_an_old_screen(program: Program) -> None:
    done = program("explain", "exercise3", "dJ/dW1[1,2]", encoding="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "sum_p(" in done.stdout


def test_a_notation_is_read_and_written(program: Program) -> None:
    done = program("explain", "exercise3", "dC/dw2[1,2]", "--notation", "nielsen", "--form", "numbers")
    assert done.returncode == 0
    assert "∂C/∂w²[1,2]" in done.stdout


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("dJ/dW9", "Did you mean"),
        ("dJ/dW1[0,1]", "starts at 1, not 0"),
        ("dJ/dW1[3,1]", "its indices go from 1 to 2 and from 1 to 2."),
        ("h1", "what is explained is a derivative"),
    ],
)
def test_a_quantity_that_does_not_exist(program: Program, quantity: str, said: str) -> None:
    done = program("explain", "exercise3", quantity)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr


def test_it_needs_no_sympy(program: Program) -> None:
    import subprocess
    import sys

    script = (
        "import sys; sys.argv = ['backprop-tutor', 'explain', 'exercise1', 'dJ/dW1[1,2]']\n"
        "from backprop_tutor.cli import main\n"
        "try:\n    main()\nfinally:\n    print('LOADED', 'sympy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.rstrip().endswith("LOADED False")
