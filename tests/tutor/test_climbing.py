"""What a wrong answer hears, try after try: an element's and an array's alike."""

import pytest

from backprop_tutor import load, solve
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session_marker import Judged, SessionMarker


def judged(name: str, quantity: str, text: str, *, part: str = "value") -> Judged:
    solution = solve(load(name))
    questions = questions_of(solution)
    asked = next(q for q in questions if q.quantity == quantity and q.part == part)
    return SessionMarker(solution, questions)(asked, text, {})


def test_an_array_climbs_as_a_number_does() -> None:
    where, slip, formula = judged("mazur", "h1", "[0.3775, 0.3925]").climbs  # net1 itself
    assert where.startswith("0 of 2 entries are right. h1[1], h1[2]: Look at what a unit does")
    assert "not applied" not in where
    assert "sigmoid(" not in slip
    assert "h1[1] with sigmoid not applied" in slip
    assert "sigmoid(net1[1]) with sigmoid not applied" in formula


def test_what_is_said_of_a_whole_matrix_stands_alone() -> None:
    where, slip, formula = judged("softmax-batch", "net1", "[[1,0,2],[2,1,1],[0,0,2]]").climbs
    assert where.startswith("3 of 9 entries are right. net1(1)[2], net1(1)[3], net1(2)[1] and 3 more: Look ")
    assert slip == formula
    assert slip.startswith("This is transposed")


@pytest.mark.parametrize(
    ("name", "quantity", "text", "word"),
    [
        ("fan-out", "a", "2", "picture"),  # x for x + y: there are no rows and no units
        ("fan-out", "df/dy", "2", "each 2"),  # df/da = 4: there is no square in the step
        ("exercise1", "net1", "-1", "signs"),
        ("exercise1", "net1", "[1, 0]", "what a unit does first"),
    ],
)
def test_where_to_look_is_something_that_the_step_has(name: str, quantity: str, text: str, word: str) -> None:
    assert word in judged(name, quantity, text).climbs[0]


def test_right_and_unexplained_answers_do_not_climb() -> None:
    assert not judged("mazur", "h1", "[0.593, 0.597]").climbs
    assert not judged("mazur", "h1", "[0.1, 0.2]").climbs
