"""The step's table under the picture of `run` and `demo`: what it shows and holds back, how wide it is."""

import io
import re

import pytest
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.blocks import Table, Words
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.session_terminal import SessionTerminal
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.screens.terminal_demo import DemoScreen
from backprop_tutor.render.subjects.asked_table import asked_tables
from backprop_tutor.tutor.hints import Hints
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.session_marker import SessionMarker
from backprop_tutor.tutor.state import State

WIDTHS = (50, 60, 80, 100, 160)
CUT = re.compile(r"\d…|…\d")


class Sitting:
    """One session, and what its terminal shows."""

    def __init__(
        self, name: str, width: int = 80, height: int = 24, *ask: str, factors: bool = False
    ) -> None:
        solution = solve(load(name))
        questions = questions_of(solution, ask, factors=factors)
        self.steps = Steps(solution, style_for("utf-8"), questions)
        title = solution.exercise.title
        self.session = Session(name, title, questions, SessionMarker(solution, questions), Hints(self.steps))
        self.console = Console(file=io.StringIO(), width=width, height=height, markup=False, highlight=False)
        self.painter = SessionTerminal(
            self.steps, self.session, TerminalPainter(self.console, self.steps.style)
        )
        self.state: State
        self.state, happened = self.session.start()
        self.painter.paint(happened, self.state)

    def type(self, text: str = "") -> str:
        """What is shown after `text`, or after the right answer."""
        question = self.session.questions[self.state.at]
        answer = text or self.steps.sides(question).value
        self.console.file = io.StringIO()
        self.state, happened = self.session.handle(self.state, answer)
        self.painter.paint(happened, self.state)
        if not text and self.session.questions[self.state.at : self.state.at + 1] == (question,):
            self.state, _ = self.session.handle(self.state, "skip")
        return self.shown

    @property
    def shown(self) -> str:
        return self.console.file.getvalue()  # type: ignore[attr-defined, no-any-return]

    def rows(self) -> list[list[str]]:
        """The texts of the table of the question that is on."""
        tables = asked_tables(self.steps, self.session.questions, self.state, self.session.hints)
        return [[self.text(cell) for cell in row.cells] for row in next(tables).rows]

    def text(self, cell: object) -> str:
        lines = ("".join(p.text if isinstance(p, Words) else self.steps.text(p.expr) for p in line)
                 for line in cell)  # type: ignore[attr-defined]  # fmt: skip
        return "\n".join(lines)


@pytest.mark.parametrize("name", shipped_names())
def test_no_screen_of_a_session_is_wider_than_its_window(name: str) -> None:
    sittings = [Sitting(name, width) for width in WIDTHS]
    for text in ("hint", "show", "why", "help", "1 +", *[""] * 5):
        for sitting, width in zip(sittings, WIDTHS, strict=True):
            if sitting.state.is_over:
                continue
            shown = sitting.type(text)
            assert not CUT.search(shown)
            assert max(map(display_width, shown.splitlines())) <= width


@pytest.mark.parametrize("name", shipped_names())
def test_no_screen_of_a_demonstration_is_wider_than_its_window(name: str) -> None:
    solution, style = solve(load(name)), style_for("utf-8")
    board = Blackboard(solution, style)
    show, painter = Show(solution, board.layout, 4), DemoScreen(Show(solution, board.layout, 4), board, style)
    painter.show = show
    last: dict[str, str] = {step.phase: step.quantity for step in solution.steps.values()}
    for quantity in last.values():
        show.go(quantity)
        for width in WIDTHS:
            console = Console(file=io.StringIO(), width=width, height=24)
            console.print(painter.paint(width, 24))
            lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
            assert len(lines) == 24
            assert max(map(display_width, lines)) <= width
            assert not CUT.search("\n".join(lines))


def test_cells_fill_in_as_they_are_answered() -> None:
    sitting = Sitting("exercise1")
    assert sitting.rows() == [["net1[1]", "", "", "?"], ["net1[2]", "", "", ""]]
    sitting.type("1")
    assert sitting.rows() == [
        ["net1[1]", "W1[1,1]·x[1] + W1[1,2]·x[2]", "1·1 + 0·0", "1"],
        ["net1[2]", "", "", "?"],
    ]


def test_of_a_derivative_the_factors_are_named_and_not_given() -> None:
    sitting = Sitting("exercise1")
    for _ in range(6):
        sitting.type()
    first, second = sitting.rows()
    assert first == ["∂J/∂W2[1,1]", "∂J/∂net2[1]", "∂net2[1]/∂W2[1,1]", "", "?"]
    assert second == ["∂J/∂W2[1,2]", "∂J/∂net2[1]", "∂net2[1]/∂W2[1,2]", "", ""]
    sitting.type("-1")
    assert sitting.rows()[0] == ["∂J/∂W2[1,1]", "∂J/∂net2[1]\n-1", "h1[1]\n1", "-1·1", "-1"]


def test_an_upstream_gradient_that_was_found_has_its_number() -> None:
    sitting = Sitting("exercise1", 80, 24, "dJ/dnet1", "dJ/dW1[1,1]")
    sitting.type("-1")
    sitting.type("0")
    assert sitting.rows()[0][:2] == ["∂J/∂W1[1,1]", "∂J/∂net1[1]\n-1"]
    wrong = Sitting("exercise1", 80, 24, "dJ/dnet1", "dJ/dW1[1,1]")
    wrong.type("3")
    wrong.type("skip")
    wrong.type("0")
    assert wrong.rows()[0][:2] == ["∂J/∂W1[1,1]", "∂J/∂net1[1]\n3?"], (
        "the student's own, with a question mark"
    )


def test_a_hint_that_gives_the_formula_fills_its_cell() -> None:
    sitting = Sitting("exercise1")
    sitting.type("hint")
    assert sitting.rows()[0][1] == ""
    sitting.type("hint")
    assert sitting.rows()[0] == ["net1[1]", "W1[1,1]·x[1] + W1[1,2]·x[2]", "", "?"]


def test_factors_fill_in_one_by_one() -> None:
    sitting = Sitting("exercise1", 80, 24, "dJ/dW1[1,1]", factors=True)
    name = "∂J/∂W1[1,1]"
    assert sitting.rows() == [[name, "∂J/∂net1[1]\n?", "∂net1[1]/∂W1[1,1]", "", ""]]
    sitting.type("-1")
    assert sitting.rows() == [[name, "∂J/∂net1[1]\n-1", "∂net1[1]/∂W1[1,1]\n?", "", ""]]
    sitting.type("1")
    assert sitting.rows() == [[name, "∂J/∂net1[1]\n-1", "x[1]\n1", "", "?"]]


@pytest.mark.parametrize("name", shipped_names())
def test_no_table_gives_away_what_is_asked(name: str) -> None:
    """Before a question is answered its row has no value, no numbers and no formula."""
    sitting = Sitting(name)
    for _ in range(min(len(sitting.session.questions), 25)):
        question = sitting.session.questions[sitting.state.at]
        tables = asked_tables(sitting.steps, sitting.session.questions, sitting.state, sitting.session.hints)
        for table in tables:
            last: Table = table
        value = next(place for place, column in enumerate(last.columns) if column.role == "value")
        said = [sitting.text(row.cells[value]) for row in last.rows]
        assert set(said) <= {"?", ""}
        terms = [place for place, column in enumerate(last.columns) if column.role == "term"]
        assert not any(row.cells[place] for row in last.rows for place in terms), question.target
        if question.phase != "backward":
            assert not any(row.cells[1] for row in last.rows)
        sitting.type()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (50, 20)])
def test_question_picture_and_data_stay_in_sight(width: int, height: int) -> None:
    sitting = Sitting("exercise1", width, height)
    for asked in sitting.session.questions:
        lines = sitting.shown.splitlines()[-height + 1 :]
        shown = "\n".join(lines)
        assert f"hat is {sitting.painter.prompt(asked)[:-3]}?" in shown
        if "Enter turns the page" not in shown:
            assert "▐" in shown or "[" in shown.split("What is")[0], "the picture, or its nodes in a line"
        assert re.search(r"(x|net1|h1|W2|t) = ", shown), "what it is worked out from"
        sitting.type()


def test_a_window_that_has_changed_is_drawn_anew() -> None:
    sitting = Sitting("exercise1", 100, 30)
    sitting.console.file = io.StringIO()
    sitting.console.size = (50, 20)  # type: ignore[assignment]
    sitting.painter.redraw()
    lines = sitting.shown.splitlines()
    assert "What is net1[1]?" in lines
    assert max(map(display_width, lines)) <= 50
    assert len(lines) < 20
