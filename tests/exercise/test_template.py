import re

from backprop_tutor import load, loads, solve
from backprop_tutor.exercise.review import remarks
from backprop_tutor.exercise.template import STARTER
from backprop_tutor.exercise.yaml_reader import read


def test_the_starter_is_a_valid_exercise_that_teaches_well() -> None:
    exercise = loads(STARTER)
    solution = solve(exercise)
    names = exercise.graph.nodes
    values = {name: solution.value(name) for name in names}
    gradients = {name: solution.value(f"dJ/d{name}") for name in exercise.graph.parameters}
    assert remarks(exercise, values, gradients) == []


def test_the_graph_in_its_comments_is_valid_too() -> None:
    lines = STARTER.partition("any formulas:\n")[2].splitlines()
    graph = "\n".join(re.sub("^# ?", "", line) for line in lines)
    assert loads(f"title: x\n{graph}\n").graph.loss == "f"


def test_it_is_written_in_short_lines_that_any_editor_reads() -> None:
    assert STARTER.isascii()
    assert max(map(len, STARTER.splitlines())) <= 110
    assert read(STARTER).faults == []


def test_it_is_not_one_of_the_shipped_exercises() -> None:
    assert loads(STARTER).title != load("exercise1").title
