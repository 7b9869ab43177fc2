"""What a session paints, for every shipped exercise: within the window, and short enough to be seen."""

import pytest
from on_screen import plain_lines
from rich.console import Console

from backprop_tutor import load, solve
from backprop_tutor.exercise.catalogue import shipped_names
from backprop_tutor.language import display_width
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.screens.session_plain import SessionPlain
from backprop_tutor.render.screens.session_terminal import SessionTerminal
from backprop_tutor.render.subjects.why import why_blocks
from backprop_tutor.tutor.hints import Hints
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import questions_of
from backprop_tutor.tutor.session import Session
from backprop_tutor.tutor.session_marker import SessionMarker

LONG = 40  # columns from which a formula's part may stick out of a narrow window


def sessions(name: str, encoding: str = "utf-8") -> tuple[Session, Steps]:
    solution = solve(load(name))
    questions = questions_of(solution)
    steps = Steps(solution, style_for(encoding), questions)
    title = solution.exercise.title
    return Session(name, title, questions, SessionMarker(solution, questions), Hints(steps)), steps


def terminal(steps: Steps, session: Session) -> SessionTerminal:
    console = Console(markup=False, emoji=False, highlight=False)
    return SessionTerminal(steps, session, TerminalPainter(console, steps.style))


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (50, 24)])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_every_screen_fits_its_window(
    name: str,
    columns: int,
    rows: int,
    encoding: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(rows))
    session, steps = sessions(name, encoding)
    painter = terminal(steps, session)
    state, happened = session.start()
    painter.paint(happened, state)
    capsys.readouterr()
    for question in session.questions:
        value = steps.sides(question).value
        for text in ("hint", "nonsense +", value):
            if state.is_over or session.questions[state.at] != question:
                break
            state, happened = session.handle(state, text)
            painter.paint(happened, state)
            lines = capsys.readouterr().out.splitlines()
            for line in lines:
                assert display_width(line) <= columns or " " not in line.strip(), line
                assert encoding == "utf-8" or line.isascii(), line
            if not state.is_over:
                assert len(lines) < rows, "all of it is in sight"
                asked = [n for n, line in enumerate(lines) if "hat is " in line]
                assert len(lines) - asked[-1] < 6, "the question stands right above the prompt"
                assert "hint" in lines[-1] or "Enter turns the page" in lines[-1]
        if state.at < len(session.questions) and session.questions[state.at] == question:
            state, _ = session.handle(state, "skip")


@pytest.mark.parametrize("name", shipped_names())
def test_after_a_right_answer_verdict_and_question_are_on_one_screen(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    session, steps = sessions(name)
    painter = terminal(steps, session)
    state, happened = session.start()
    painter.paint(happened, state)
    for question in session.questions:
        capsys.readouterr()
        state, happened = session.handle(state, steps.sides(question).value)
        painter.paint(happened, state)
        shown = capsys.readouterr().out
        if not state.is_over:
            assert len(shown.splitlines()) < 24, shown
        if session.questions[state.at - 1] != question:
            state, _ = session.handle(state, "skip")


def screens(name: str, *texts: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is painted at the start and after each of `texts`."""
    session, steps = sessions(name)
    painter = terminal(steps, session)
    state, happened = session.start()
    painter.paint(happened, state)
    shown = [capsys.readouterr().out]
    for text in texts:
        state, happened = session.handle(state, text)
        painter.paint(happened, state)
        shown.append(capsys.readouterr().out)
    return shown


def test_the_picture_is_on_every_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    shown = screens("exercise1", *["7", "hint"] * 3, "1", "-1", "1", capsys=capsys)
    for screen in shown:
        assert "net1[1]" in screen.splitlines()[2]
        assert len(screen.splitlines()) < 24
    assert "net1[1]   1" in shown[-1], "what was found stands in the unit"
    assert "net1[2]  -1" in shown[-1]


def test_in_the_backward_pass_arrows_point_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    *_, loss, backward = screens("exercise1", "1", "-1", "1", "0", "1", "1/2", capsys=capsys)
    assert "◀" not in loss
    assert "◀" in backward
    assert "Now backwards." in backward


def test_what_is_longer_than_the_screen_comes_in_pages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("LINES", "20")
    session, steps = sessions("exercise2")
    painter = terminal(steps, session)
    state, happened = session.start()
    painter.paint(happened, state)
    for text in ("why", "why", "why"):
        state, happened = session.handle(state, text)
        painter.paint(happened, state)
    pages = 0
    capsys.readouterr()
    painter.redraw()
    while True:
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) < 20
        assert any("What is " in line for line in lines), "the question is on every page"
        pages += 1
        if not painter.turn(""):
            break
    assert pages > 1
    assert "hint" in lines[-1]
    assert not painter.turn("5"), "an answer is no page"


def test_a_fraction_has_its_decimal_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    shown = screens("exercise1", "1", "-1", "1", "0", "1", "1/2", capsys=capsys)
    assert "1/2 = 0.5" in shown[6]
    assert "≈" not in shown[6]


def test_the_number_of_an_example_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    first = " ".join(screens("exercise1-two-examples", capsys=capsys)[0].split())
    assert "The (1) in net1(1)[1] is the example." in first
    assert "is the example" not in screens("exercise1", capsys=capsys)[0]


def test_why_begins_in_numbers_and_keeps_the_answer() -> None:
    session, steps = sessions("exercise3")
    question = next(q for q in session.questions if q.target == "dJ/dW1[1,2]")
    numbers, letters, general = (plain_lines(why_blocks(question, steps, n), steps.style) for n in (1, 2, 3))
    scalar = next(n for n, line in enumerate(numbers) if line.startswith("∂J/∂W1[1,2] = ∂J/∂net1(1)[1]·"))
    assert "?" in numbers[scalar + 1]
    assert any("∂J/∂net1(1)[1]·∂net1(1)[1]/∂W1[1,2]" in line for line in letters)
    assert "Σ_p" in "".join(general)
    assert "Σ_p" not in "".join(numbers + letters)
    assert steps.sides(question).value not in "".join(numbers + letters + general)


@pytest.mark.parametrize("name", shipped_names())
def test_plain_lines_draw_no_boxes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    session, steps = sessions(name)
    painter = SessionPlain(steps, session)
    state, happened = session.start()
    painter.paint(happened, state)
    for text in ("hint", "why", "show", "help", "back", "5", "skip", "hint", "hint", "hint", "hint", "quit"):
        state, happened = session.handle(state, text)
        painter.paint(happened, state)
    output = capsys.readouterr().out
    assert not set("─━▶▐▌│┃╌") & set(output)
    assert "\x1b" not in output
    assert "summary: right at once 0" in output
