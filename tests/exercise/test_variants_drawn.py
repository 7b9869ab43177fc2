"""Versions of exercises: reproducible, good, equally hard, different, provable, and files of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from backprop_tutor import Solution, load, loads, solve
from backprop_tutor.errors import ExerciseError
from backprop_tutor.exercise import shipped_names
from backprop_tutor.exercise.draws import Draws, Stream
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.exercise.rewrite import VersionText
from backprop_tutor.homework.class_versions import draw_class
from backprop_tutor.homework.demands import MAX_DIGITS, digits
from backprop_tutor.homework.version_proof import prove
from backprop_tutor.homework.versions import SPREAD, NoVersionError, Version, Versions


def drawn_for(exercise: Exercise, seed: int, students: Sequence[str], jobs: int = 1) -> list[Version]:
    return [drawn.version for drawn in draw_class(exercise, seed, students, jobs=jobs)]


CLASS = [f"s{n}" for n in range(25)]


@pytest.fixture(scope="module", params=shipped_names())
def versions(request: pytest.FixtureRequest) -> tuple[Versions, list[Version]]:
    made = Versions(load(request.param), seed=11)
    return made, drawn_for(made.exercise, 11, CLASS)


Made = tuple[Versions, list[Version]]


def test_no_two_versions_are_alike(versions: Made) -> None:
    made, drawn = versions
    numbers = {str({k: v.tolist() for k, v in version.exercise.values.items()}) for version in drawn}
    own = str({k: v.tolist() for k, v in made.exercise.values.items()})
    assert len({version.id for version in drawn} | {own}) == len(numbers | {own}) == len(CLASS) + 1


def test_every_version_is_proved(versions: Made) -> None:
    assert all(prove(version.exercise) > 0 for version in versions[1])


def test_every_version_is_as_hard_as_the_others(versions: Made) -> None:
    made, drawn = versions
    assert all(abs(v.effort - made.standard.effort) <= SPREAD * made.standard.effort + 1 for v in drawn)


def test_misconceptions_can_be_told_apart(versions: Made) -> None:
    made, drawn = versions
    assert made.standard.coincidences <= 3
    for version in drawn[:5]:
        assert made.coincidences.count(Solution(version.exercise)) == version.coincidences
        assert version.coincidences <= made.standard.coincidences


def test_the_numbers_are_short(versions: Made) -> None:
    made, drawn = versions
    own = digits(Solution(made.exercise))
    for version in drawn:
        for name, found in digits(Solution(version.exercise)).items():
            assert max(found, default=0) <= max(MAX_DIGITS, *own[name], 0), name


def test_units_are_off_kinks_and_relu_layers_half_alive(versions: Made) -> None:
    for version in versions[1]:
        solution = Solution(version.exercise)
        assert solution.kinks == {}
        for node in solution.graph.nodes.values():
            if node.op == "relu":
                net = solution.value(node.parents[0])
                units = net.shape[1:] if node.batched else net.shape
                assert (net > 0).any()
                assert (net < 0).any() or max(units, default=1) == 1


def test_no_gradient_asked_is_zero(versions: Made) -> None:
    for version in versions[1]:
        solution = Solution(version.exercise)
        for ask in version.exercise.ask:
            if ask.quantity.startswith(solution.gradient_prefix):
                assert np.any(solution.value(ask.quantity)), ask.quantity


def test_a_version_is_drawn_again_from_its_student_alone(versions: Made) -> None:
    made, drawn = versions
    again = Versions(made.exercise, seed=11)
    assert again.of("s0").id == drawn[0].id
    for version in drawn[-3:]:
        redrawn = again.redraw(version.student, version.number)
        assert redrawn.variant == version.exercise.variant
        assert all((redrawn.values[k] == v).all() for k, v in version.exercise.values.items())
    assert Versions(made.exercise, seed=12).of("s0").id != drawn[0].id


def test_a_version_is_a_file_that_says_what_it_is(versions: Made) -> None:
    made, drawn = versions
    assert made.exercise.path is not None
    writer = VersionText(made.exercise.path.read_bytes(), "f")
    for version in drawn[:5]:
        back = loads(writer.write(version.exercise, made.draws.varied), "elsewhere")
        assert (back.name, back.variant) == (made.exercise.name, version.exercise.variant)
        assert all((back.values[k] == v).all() for k, v in version.exercise.values.items())
        assert version.id in back.description


PINNED = [1, 1, 0, -3, -2, 0, 3, 0, 3, -2, 2, 0]
PINNED_IDS = ["v34f4e5fbe4", "v26fcabef6f"]


def test_choices_never_change() -> None:
    """Pinned: a class that was given its versions keeps them, on every machine and Python."""
    stream = Stream("a", "b")
    assert [stream.between(-3, 3) for _ in range(12)] == PINNED
    draws = Draws(load("exercise1"))
    ann = draws.stream("7", "ann")
    assert [variant.id for _ in range(2) if (variant := draws.draw(ann).variant)] == PINNED_IDS


def test_another_process_draws_the_same() -> None:
    script = (
        "import json; from backprop_tutor import load\n"
        "from backprop_tutor.homework.class_versions import draw_class\n"
        "print(json.dumps([d.version.id for d in draw_class(load('matrix-graph'), 3, 'abc')]))"
    )
    runs = [
        subprocess.check_output([sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    here = [v.id for v in drawn_for(load("matrix-graph"), 3, "abc")]
    assert [json.loads(run) for run in runs] == [here, here]


NETWORK = """\
title: A network
network:
  layers:
    - {activation: relu, weights: [[1, 0], [-1, 1]]}
    - {activation: linear, weights: [[1, 2]]}   # the output
data:
  x: [[1, 0], [0, 1]]
  t: [[2], [1]]
loss: half_mse
"""


def test_the_number_of_jobs_changes_no_version() -> None:
    fan_out, students = load("fan-out"), [f"s{n}" for n in range(60)]  # some draw the same one first
    one = drawn_for(fan_out, 5, students)
    assert [v.id for v in drawn_for(fan_out, 5, students, jobs=2)] == [v.id for v in one]
    firsts = [Versions(fan_out, 5).of(student).id for student in students]
    assert len(set(firsts)) < len({v.id for v in one}) == 60


def test_an_exercise_says_what_varies() -> None:
    text = NETWORK + "variants: {W2: {choices: [5, 1/2]}, x: {integers: [-2, 2]}, t: {fractions: [0, 1]}}\n"
    assert numbers_drawn(text) == {
        "W2": {5, Fraction(1, 2)},
        "x": set(range(-2, 3)),
        "t": {0, 1, Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(1, 4), Fraction(3, 4)},
    }


def numbers_drawn(text: str) -> dict[str, set[Fraction]]:
    draws = Draws(loads(text))
    stream = draws.stream("1")
    versions = [draws.draw(stream).values for _ in range(400)]
    return {name: {n for values in versions for n in values[name].flat} for name in draws.varied}


@pytest.mark.parametrize(
    ("leaves", "drawn"),
    [
        # four numbers or fewer come from a wider range; a parameter is never 0, and data as negative as it is
        ("given: {x: 2, y: 0}, parameters: {w: 3}", {"x": (0, 12), "y": (0, 12), "w": (-12, 12)}),
        ("given: {x: [2, 0], y: -1}, parameters: {w: 3}", {"x": (0, 12), "y": (-12, 12), "w": (-12, 12)}),
        ("given: {x: [2, 0], y: [0, -1]}, parameters: {w: 1}", {"x": (0, 2), "y": (-2, 2), "w": (-3, 3)}),
        ("given: {x: [7, 0], y: [0, -1]}, parameters: {w: 5}", {"x": (0, 7), "y": (-2, 2), "w": (-5, 5)}),
        ("given: {x: [99, 0], y: [0, 1]}, parameters: {w: 99}", {"x": (0, 12), "y": (0, 2), "w": (-12, 12)}),
    ],
)
def test_numbers_are_of_the_kind_of_the_exercise_s_own(
    leaves: str, drawn: dict[str, tuple[int, int]]
) -> None:
    text = f"title: t\ngraph:\n  {leaves.replace(', parameters', chr(10) + '  parameters')}\n"
    text += "  compute: {f: sum(x * y * w)}\n  loss: f\n"
    whole = {name: set(range(low, high + 1)) for name, (low, high) in drawn.items()}
    assert numbers_drawn(text) == {**whole, "w": whole["w"] - {0}}


@pytest.mark.parametrize(("target", "most"), [(0, 1), (1, 1), (2, 2), (3, 3), (40, 12)])
def test_targets_of_0_and_1_stay_so(target: int, most: int) -> None:
    found = numbers_drawn(NETWORK.replace("t: [[2], [1]]", f"t: [[{target}], [0]]"))
    assert found["t"] == set(range(most + 1))


def test_fractions_keep_their_denominator() -> None:
    text = "title: t\ngraph:\n  given: {x: [1/2, 5]}\n  parameters: {w: [-1/4, 0.5, 1]}\n"
    found = numbers_drawn(text + "  compute: {f: sum(x) * sum(w)}\n  loss: f\n")
    assert found["x"] == {Fraction(n, 2) for n in range(1, 11)}
    assert found["w"] == {Fraction(n, 4) for n in range(-4, 5) if n}


@pytest.mark.parametrize(
    ("variants", "said"),
    [
        ("{W1: {}}", "it varies in one way"),
        ("{W1: {choices: [1], integers: [0, 1]}}", "it varies in one way"),
        ("{W1: {integers: [3, -3]}}", "3 is not less than -3"),
        ("{W1: {fractions: [1/5, 1/4], denominators: [2]}}", "no fraction with these denominators"),
        ("{W1: {fractions: [0, 1], denominators: [0]}}", "denominators are whole numbers from 1"),
        ("{q: {integers: [0, 1]}}", "`q` is not data or a parameter"),
    ],
)
def test_what_cannot_vary_is_a_fault(variants: str, said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        loads(f"{NETWORK}variants: {variants}\n")


def test_a_search_without_success_says_what_stood_in_the_way() -> None:
    dead = NETWORK + "variants: {W1: {integers: [-3, -1]}}\n"
    with pytest.raises(NoVersionError, match=r"in 2,000 draws: no unit of h1 is alive \(2,000 times\)"):
        Versions(loads(dead), 1).of("ann")
    few = NETWORK.replace("[-1, 1]]", "[-1, -1]]").replace("[1, 0], [0, 1]]", "[1, 2], [3, 1]]")
    few += "variants: {t: {choices: [1, 2]}}\n"
    with pytest.raises(NoVersionError, match="the version is another student's"):
        drawn_for(loads(few), 1, CLASS)


def test_everything_but_the_numbers_stays_in_the_file() -> None:
    exercise = loads(NETWORK)
    version = Versions(exercise, 1).of("ann")
    text = VersionText(NETWORK, "f").write(version.exercise, ["W2", "t"])
    lines = text.splitlines()
    assert lines[0] == f"variant: {{of: 'exercise', id: {version.id}}}"
    assert lines[5].endswith("}   # the output")
    assert lines[4] == "    - {activation: relu, weights: [[1, 0], [-1, 1]]}"
    flow = "{" + "title: a, graph: {parameters: {w: 1}, compute: {f: w ** 2}, loss: f}}"
    draws = Draws(loads(flow))
    written = VersionText(flow, "f").write(draws.draw(draws.stream("1")), ["w"])
    assert loads(written).variant is not None


def test_an_array_in_a_file_does_not_vary() -> None:
    text = NETWORK.replace("x: [[1, 0], [0, 1]]", "x: {file: x.csv}")
    exercise = loads(NETWORK)
    with pytest.raises(ExerciseError, match="f:7:6: x is kept in a file, so it cannot vary"):
        VersionText(text, "f").write(exercise, ["x"])


def test_solutions_of_versions_are_exact_where_the_exercise_is() -> None:
    for version in drawn_for(load("exercise2"), 1, "abcd"):
        assert solve(version.exercise).exact("dJ/dW1") is not None
