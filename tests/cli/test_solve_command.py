"""`solve` as users run it."""

import json
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from conftest import Program
from typer.testing import CliRunner

from backprop_tutor import grading, load, solve
from backprop_tutor.cli.app import app
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import display_width, to_text
from backprop_tutor.walkthrough import decimal

GOLDEN = Path(__file__).parent.parent / "render" / "golden"


@pytest.mark.parametrize(
    ("golden", "args", "columns"),
    [
        ("exercise1-80.txt", ("exercise1",), 80),
        ("exercise1-50.txt", ("exercise1",), 50),
        ("exercise1-ascii.txt", ("exercise1", "--ascii"), 80),
        ("exercise1-plain.txt", ("exercise1", "--plain"), 80),
        ("mazur-backward-80.txt", ("mazur", "--only", "backward"), 80),
        ("exercise3-matrix-80.txt", ("exercise3", "--form", "matrix"), 80),
    ],
)
def test_output_is_as_it_was_looked_at(
    program: Program, golden: str, args: tuple[str, ...], columns: int
) -> None:
    """To accept a change that was looked at: UPDATE_GOLDEN=1 pytest tests/cli."""
    import os

    done = program("solve", *args, columns=columns)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    # The size of the disagreement is the machine's rounding, not a fact.
    shown = "\n".join(
        line.split("terms:")[0] if "Largest disagreement" in line else line
        for line in done.stdout.splitlines()
    )
    file = GOLDEN / golden
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 160])
@pytest.mark.parametrize("name", shipped_names())
def test_no_line_is_wider_than_the_screen_and_nothing_is_cut(name: str, columns: int) -> None:
    """Every name and number of a solution stands in its tables whole, in whatever width."""
    for how in ([], ["--all"]):
        result = CliRunner().invoke(
            app, ["solve", name, *how], env={"COLUMNS": str(columns)}, catch_exceptions=False
        )
        lines = result.output.splitlines()
        assert max(map(display_width, lines)) <= columns
        assert [line for line in lines if line != line.rstrip()] == []
    words = set(re.findall(r"[^\s│]+", result.output))
    assert not [word for word in words if "…" in word and word != "…"]
    solution = solve(load(name))
    for quantity, node in solution.quantities.items():
        step = solution.steps.get(quantity)
        if step and len(solution.steps) < 40:
            for index in islice(np.ndindex(node.shape), 8):
                assert to_text(step.name_of(index)) in result.output
                value = decimal(float(solution.value(quantity)[index]))
                assert any(value in word for word in words), (quantity, index, value)


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_asked_stands_in_full_and_the_rest_in_short(name: str) -> None:
    """By default no solution is longer than a few screens; everything that is computed has its line."""
    whole = CliRunner().invoke(app, ["solve", name, "--plain"], catch_exceptions=False).output.splitlines()
    solution = solve(load(name))
    in_full = {m[1] for line in whole if (m := re.match(r"step: .* of \d+: (.+?), [^,]+$", line))}
    in_short = {line for line in whole if line.startswith("in short: ")}
    asked = grading.asked_steps(solution)
    steps = [step for name in {*solution.steps, *asked} if (step := solution.step(name))]
    assert in_full <= asked
    assert len(in_full) + len(in_short) == len(steps)
    assert len(CliRunner().invoke(app, ["solve", name]).output.splitlines()) < 600
    every = CliRunner().invoke(app, ["solve", name, "--plain", "--all"]).output
    assert every.count("\nstep: ") == len(steps)
    assert "in short: " not in every


def test_a_solution_in_short(program: Program) -> None:
    shown = program("solve", "exercise1").stdout
    assert "∂J/∂W1    = (∂J/∂net1)ᵀ @ x       = [[-1, 0], [0, 0]]" in shown
    assert "∂J/∂h1[1]" not in shown
    assert "∂J/∂W2[1,1]" in shown
    assert shown.count("--all shows these steps in full.") == 1
    assert "∂J/∂h1[1]" in program("solve", "exercise1", "--all").stdout
    assert "∂J/∂h1[1]" in program("solve", "exercise1", "--only", "backward").stdout
    blank = program("solve", "exercise1", "--blank").stdout
    assert "∂J/∂W1    = (∂J/∂net1)ᵀ @ x\n" in blank


def test_a_long_solution_shows_one_element_of_each_array_and_one_step_of_each_kind(
    program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "steps.yaml"
    file.write_text(
        "title: A walk\ngraph:\n  given: {x: [1, 2, 3], t: [0, 0, 0]}\n  parameters: {h0: [1, 2, 3]}\n"
        "  sequence: {s: 12}\n  compute:\n    g<s>: tanh(h<s-1>) * x\n    h<s>: g<s> + h<s-1>\n"
        "    J: sum((h<12> - t) ** 2)\n  loss: J\n".replace("h0:", "h<0>:")
    )
    shown = program("solve", str(file)).stdout
    assert len(shown.splitlines()) < 300
    assert "g⟨1⟩[1]" in shown
    assert "g⟨1⟩[2]" not in shown
    assert "2 more; ask for one with --quantity." in shown
    assert "g⟨2⟩[1]" not in shown
    assert re.search(r"^g⟨2⟩ +=", shown, re.MULTILINE)
    assert len(program("solve", str(file), "--all").stdout.splitlines()) > 600


def test_a_worksheet_has_no_values_and_room_for_answers(program: Program) -> None:
    shown = program("solve", "exercise1", "--blank", "--only", "backward").stdout
    assert shown.count("your answer") == 6
    assert "∂J/∂net2[1]" in shown
    assert "RFDS" not in shown
    assert "Checks" not in shown
    row = next(line for line in shown.splitlines() if line.startswith("│ ∂J/∂W2[1,1]"))
    assert [c.strip() for c in row.split("│")[1:5]] == ["∂J/∂W2[1,1]", "∂J/∂net2[1]", "h1[1]", ""]
    plain = program("solve", "exercise1", "--blank", "--plain", "--quantity", "dJ/dW2[1,1]").stdout
    assert "∂J/∂W2[1,1] = ∂J/∂net2[1]·h1[1]\n" in plain
    assert program("solve", "exercise1", "--blank", "--json").returncode == 2


def test_the_contract_of_json(program: Program) -> None:
    document = json.loads(program("solve", "exercise1", "--json").stdout)
    assert document["format"] == 1
    assert document["exercise"] == "exercise1"
    assert document["quantities"]["dJ/dW1"] == {
        "role": "gradient",
        "axes": ["unit", "input"],
        "shape": [2, 2],
        "value": [[-1.0, 0.0], [0.0, 0.0]],
        "exact": [["-1", "0"], ["0", "0"]],
    }
    assert document["quantities"]["W2_new"]["exact"] == [["11/10", "2"]]
    assert {q["role"] for q in document["quantities"].values()} == {
        *("given", "parameter", "forward", "loss", "gradient", "update")
    }
    step = next(step for step in document["steps"] if step["quantity"] == "dJ/dW1")
    assert step["phase"] == "backward"
    assert step["uses"] == ["dJ/dnet1", "x"]
    assert step["formula"] == "(∂J/∂net1)ᵀ @ x"
    assert step["checks"]["forward_mode"] is step["checks"]["finite_difference"] is True
    assert step["checks"]["sympy"] is True
    forward = document["steps"][0]
    assert forward["checks"]["sympy"] is None
    assert forward["unchecked"]["sympy"]


def test_irrational_values_have_no_exact_form(program: Program) -> None:
    document = json.loads(program("solve", "exercise3", "--json").stdout)
    assert document["quantities"]["h1"]["exact"] is None
    assert document["quantities"]["x"]["exact"] is not None


def test_one_quantity_and_one_element(program: Program) -> None:
    done = program("solve", "exercise1", "--quantity", "dJ/dW1[1,1]")
    row = next(line for line in done.stdout.splitlines() if "∂J/∂W1[1,1]" in line)
    assert [c.strip() for c in row.split("│")[1:7]] == [
        *("∂J/∂W1[1,1]", "∂J/∂net1[1]", "x[1]", "-1·1", "-1", "RFDS")
    ]
    assert "∂J/∂W1[1,2]" not in done.stdout
    assert "∂J/∂x[1]" in program("solve", "exercise1", "-q", "dJ/dx").stdout


def test_one_part_holds_nothing_of_another(program: Program) -> None:
    asked = program("solve", "exercise1", "--only", "forward", "-q", "dJ/dW1")
    assert asked.returncode == 2
    assert "dJ/dW1 is in the part backward, not in forward." in asked.stderr
    assert "W1 is given" in program("solve", "exercise1", "--only", "loss", "-q", "W1").stderr
    assert program("solve", "exercise1", "--only", "backward", "-q", "dJ/dW1[1,2]").returncode == 0


@pytest.mark.parametrize("only", ["forward", "loss", "backward", "update"])
def test_one_part(program: Program, only: str) -> None:
    document = json.loads(program("solve", "exercise1", "--only", only, "--json").stdout)
    assert {step["phase"] for step in document["steps"]} == {only}


def test_precision_and_encodings(program: Program) -> None:
    assert "0.593269992" in program("solve", "mazur", "--precision", "9").stdout
    for encoding in ("ascii", "latin-1", "cp1252"):
        done = program("solve", "mazur", encoding=encoding)
        assert done.returncode == 0, done.stderr
        assert "dJ/dW1" in done.stdout


def test_a_value_given_is_shown_too(program: Program) -> None:
    done = program("solve", "exercise1", "--quantity", "W1[2,1]")
    assert done.returncode == 0
    assert "W1[2,1] = -1" in done.stdout
    assert "given" not in program("solve", "exercise1", "--quantity", "W1").stdout


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("solve", "exercise1", "-q", "dJ/dW3"), 2, "dJ/dW1"),
        (("solve", "exercise1", "-q", "W1[0,1]"), 2, "starts at 1"),
        (("solve", "exercise1", "--only", "sideways"), 2, "sideways"),
        (("solve", "exercise9"), 4, "Did you mean exercise"),
        (("solve", "."), 4, "folder"),
        (("nonsense",), 2, "nonsense"),
        (("validate", "nowhere.yaml"), 4, "nowhere.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_once(
    program: Program, args: tuple[str, ...], status: int, said: str
) -> None:
    done = program(*args)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


HOSTILE = "\x1b]0;owned\x07\x1b[31m[bold]<script>[/bold]\u202e"


def test_hostile_titles_reach_the_terminal_as_text(program: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        'title: "\\e]0;owned\\a\\e[31m[bold]<script>[/b]\\u202e"\n'
        "graph:\n  given: {x: 1}\n  compute: {f: 2*x}\n  loss: f\n",
        encoding="utf-8",
    )
    for command in (
        ("solve", "bad.yaml"),
        ("list",),
        ("validate", "bad.yaml"),
        ("solve", "bad.yaml", "--plain"),
    ):
        done = program(*command)
        assert done.returncode == 0, done.stderr
        assert "[bold]<script>[/b]" in done.stdout
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout
        assert "\x07" not in done.stdout


def test_failing_arithmetic_names_the_step(program: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "title: t\ngraph:\n  given: {x: 1000}\n  compute: {a: exp(x), f: 2*a}\n  loss: f\n", encoding="utf-8"
    )
    done = program("solve", "bad.yaml")
    assert done.returncode == 3
    assert "a: exponential of x" in done.stderr
    assert "overflow" in done.stderr


def test_a_large_array_is_summarised(program: Program, tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "data.npz",
        W1=rng.normal(size=(64, 200)),
        W2=rng.normal(size=(5, 64)),
        x=rng.normal(size=(8, 200)),
        t=rng.normal(size=(8, 5)),
    )
    (tmp_path / "large.yaml").write_text(
        "title: large\nnetwork:\n  layers:\n"
        "    - {activation: relu, weights: {file: data.npz, array: W1}}\n"
        "    - {activation: linear, weights: {file: data.npz, array: W2}}\n"
        "data: {x: {file: data.npz, array: x}, t: {file: data.npz, array: t}}\nloss: half_mse\n",
        encoding="utf-8",
    )
    done = program("solve", "large.yaml")
    assert done.returncode == 0, done.stderr
    assert "12,796 more" in done.stdout
    assert len(done.stdout.splitlines()) < 1000
    assert "too large for SymPy" in done.stdout
    one = program("solve", "large.yaml", "--quantity", "dJ/dW1[3,4]")
    assert "∂J/∂W1[3,4]" in one.stdout
