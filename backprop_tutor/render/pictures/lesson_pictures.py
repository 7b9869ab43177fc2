"""The pictures of lessons: the network as it is known so far, a quantity over another one, a function."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from backprop_tutor.course.lesson import (
    CurvePicture,
    FunctionPicture,
    GraphPicture,
    LessonPicture,
    MatrixPicture,
)
from backprop_tutor.course.lesson_text import amount_text, number_said
from backprop_tutor.course.reckoning import Reckoned, Reckoner
from backprop_tutor.language import Call, Style, Sym, to_text
from backprop_tutor.render.blocks import Block, Cell, Drawing, Formula, Line, Maths, Words
from backprop_tutor.render.equations import array_sides
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.pictures.captions import InSight
from backprop_tutor.render.pictures.plot import LABELS, plot
from backprop_tutor.render.view import select, view
from backprop_tutor.walkthrough import Solution
from backprop_tutor.walkthrough.rule_card import rule_card

__all__ = ["LessonPictures"]

WIDEST_CURVE = 60  # columns
LEAST_ROWS, MOST_ROWS = 3, 8  # of a curve
ROW_HEIGHT = 3  # lines of a drawing for each of its rows, at most
NARROWEST = 15  # columns of a function beside its slope
PRECISION = 4
SAMPLES = 5  # points of a curve that are said in words


class LessonPictures:
    """Makes the blocks of pictures, in one style. A network is laid out once."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._boards: dict[int, Blackboard] = {}

    def blocks(self, picture: LessonPicture, solution: Solution, height: int) -> Iterator[Block]:
        """The picture in at most about `height` lines."""
        match picture:
            case GraphPicture(quantity):
                yield self._graph(solution, quantity, height)
            case MatrixPicture(quantity):
                yield from _matrices(solution, quantity, self.style)
            case CurvePicture():
                yield _curve(picture, self.style, height)
            case FunctionPicture(op):
                yield _function(op, self.style, height)

    def _graph(self, solution: Solution, quantity: str, height: int) -> Drawing:
        steps = list(solution.steps)
        known = steps[: steps.index(quantity) + 1] if quantity in steps else steps
        step = solution.step(quantity) if quantity else None
        board = self._boards.setdefault(id(solution), Blackboard(solution, self.style))
        tall = min(height, ROW_HEIGHT * board.layout.rows + 2)

        def lines(width: int) -> Sequence[Line]:
            drawn = board.draw(step, None, InSight(frozenset(known)), width, tall)
            return drawn.lines(width) if isinstance(drawn, Drawing) else [drawn.line]

        leaves = [node.name for node in solution.graph.nodes.values() if node.role in ("given", "parameter")]
        return Drawing(lines, tuple(_said(solution, [*leaves, *known])))


def _said(solution: Solution, names: Iterable[str]) -> Iterator[Line]:
    """`picture: z = 6`, a line a quantity."""
    reckoner = Reckoner(solution)
    for name in names:
        amount = reckoner.amount(Reckoned(Sym(name)))
        yield Words("picture: "), Maths(Sym(name)), Words(f" = {amount_text(amount)}")


def _matrices(solution: Solution, quantity: str, style: Style) -> Iterator[Formula]:
    shown = next(view(solution, select(solution, None, quantity), PRECISION, None, routes=()))
    equation = shown.workings.equation(shown.step)
    if equation is not None:
        yield Formula(tuple(array_sides(shown, style)), equation)


def _curve(picture: CurvePicture, style: Style, height: int) -> Drawing:
    shown, by = to_text(picture.shown, style), to_text(picture.by, style)
    rows = max(min(height - 3, MOST_ROWS), LEAST_ROWS)
    largest = max(map(abs, picture.y))

    def lines(width: int) -> Sequence[Line]:
        room = min(width - len(by) - 2, WIDEST_CURVE) - LABELS
        x = np.linspace(picture.x[0], picture.x[-1], 4 * room)
        y = np.interp(x, picture.x, picture.y)
        drawn = plot(
            x.tolist(), y.tolist(), room, rows, unicode=style.glyphs.scripts, limit=largest, mark=picture.here
        )
        head = f"{' ' * LABELS}{shown}"
        return [(Words(line),) for line in [head, *drawn[:-1], f"{drawn[-1]}  {by}"]]

    every = (len(picture.x) - 1) // (SAMPLES - 1)
    facts = [
        (Words(f"picture: {shown} = {number_said(y, None)} at {by} = {number_said(x, None)}"),)
        for x, y in zip(picture.x[::every], picture.y[::every], strict=True)
    ]
    return Drawing(lines, tuple(facts))


def _function(op: str, style: Style, height: int) -> Drawing:
    """The function and its slope, side by side where there is room."""
    card, rows = rule_card(op), max(min(height - 3, MOST_ROWS), LEAST_ROWS)
    names = [to_text(Call(name, (Sym("x"),)), style) for name in (op, f"{op}'")]

    def lines(width: int) -> Sequence[Line]:
        beside = width >= 2 * (LABELS + NARROWEST)
        room = (width // 2 - 2 if beside else min(width, WIDEST_CURVE)) - LABELS
        curves = [curve.tolist() for curve in card.curves(4 * room)]
        drawn = [
            [" " * LABELS + name, *plot(curves[0], curve, room, rows, unicode=style.glyphs.scripts)]
            for name, curve in zip(names, curves[1:], strict=True)
        ]
        if beside:
            left, right = drawn
            drawn = [[f"{a:<{width // 2}}{b}" for a, b in zip(left, right, strict=True)]]
        return [(Words(line),) for part in drawn for line in part]

    x, y, slope = (curve.tolist() for curve in card.curves(SAMPLES))
    return Drawing(lines, _samples(names, x, y, slope))


def _samples(names: Sequence[str], x: Sequence[float], y: Sequence[float], slope: Sequence[float]) -> Cell:
    said = []
    for at, value, steep in zip(x, y, slope, strict=True):
        parts = [f"x = {number_said(at, None)}", f"{names[0]} = {number_said(value, None)}"]
        said.append((Words("picture: " + ", ".join([*parts, f"{names[1]} = {number_said(steep, None)}"])),))
    return tuple(said)
