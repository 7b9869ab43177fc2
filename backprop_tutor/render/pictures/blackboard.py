"""The drawing in characters with the values and gradients that are known so far in its cells."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Drawing, Prose, Words, still
from backprop_tutor.render.pictures.board_texts import BoardForm, BoardTexts
from backprop_tutor.render.pictures.captions import Captions, InSight
from backprop_tutor.render.pictures.drawing import Line, draw, drawn_size
from backprop_tutor.render.pictures.figure import StepFigure, step_figure
from backprop_tutor.render.pictures.figure_lines import figure_lines
from backprop_tutor.render.pictures.focus import Focus, focus
from backprop_tutor.render.pictures.layout import Layout
from backprop_tutor.render.pictures.layout_cell import cell_layout
from backprop_tutor.render.pictures.layout_graph import graph_layout
from backprop_tutor.render.pictures.layout_list import list_layout
from backprop_tutor.render.pictures.layout_network import Detail, network_layout
from backprop_tutor.render.pictures.layout_steps import steps_layout
from backprop_tutor.render.pictures.picture import MAX_NODES, Picture
from backprop_tutor.render.pictures.rails import draw_list, list_size
from backprop_tutor.render.pictures.step_groups import StepGroups
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Blackboard"]

MAX_APART, MAX_SPREAD = 9, 8  # lines more between two cells, columns more before and behind each
MAX_SIZE = 10_000
LISTED = 2  # lines kept free for values that the drawing does not hold, one more in narrow windows
NARROW_WINDOW = 60
LEAST_LISTED = 4  # lines of a list that are worth showing

NUMBERS = (  # how numbers are written, the roomiest way first
    BoardForm(4, down=True),
    BoardForm(4),
    BoardForm(3, down=True),
    BoardForm(3),
    BoardForm(3, down=True, stacked=True),
    BoardForm(3, stacked=True),
    BoardForm(2, stacked=True),
)
DRAWN: tuple[dict[str, bool], ...] = (  # what is drawn beside them, from the most to the least
    {},
    {"weights": False},
    {"weights": False, "titles": False, "formulas": False},
    {"outputs": True},
    {"outputs": True, "weights": False},
    {"outputs": True, "weights": False, "titles": False, "formulas": False},
)
# Of units only what comes out, its numbers below its name.
NARROW = {
    "outputs": True,
    "weights": False,
    "titles": False,
    "formulas": False,
    "stacked": True,
    "below": True,
}
BARE = [number._replace(under=True, bare=True, titles=False) for number in NUMBERS]
MANY = 8  # weights whose gradients have no room in a list below the drawing either
FORMS = [number._replace(**drawn) for drawn in DRAWN for number in NUMBERS]
FORMS += [
    BoardForm(digits, down=down, **NARROW) for down in (False, True) for digits in (3, 2)
]  # below 60 columns
NETWORK = [  # weights below the units of their layer, where wires have no room for them
    *FORMS[: len(NUMBERS)],
    *(number._replace(under=True) for number in NUMBERS),
    *FORMS[len(NUMBERS) :],
]
LISTS = [
    BoardForm(digits, formulas=formulas, stacked=stacked, listed=True, flat=flat)
    for formulas, stacked, flat, digits in (
        (True, False, False, 4),
        (True, False, False, 3),
        (True, False, True, 4),
        (True, False, True, 3),
        (False, False, True, 3),
        (False, False, True, 2),
        (False, True, True, 3),
        (False, True, True, 2),
        (False, True, False, 2),
    )
]
STEPS = [
    BoardForm(digits, outputs, weights, stacked=stacked or below, down=down, below=below, steps=steps)
    for steps in (6, 4, 3)
    for outputs in (False, True)
    for weights in (True, False)
    for stacked, below, down, digits in (
        (False, False, True, 4),
        (False, False, False, 3),
        (False, False, True, 3),
        (False, False, True, 2),
        (True, False, False, 3),
        (True, False, True, 3),
        (True, True, True, 3),
        (True, True, True, 2),
    )
]
FEW = 2  # of these forms are for lists that are drawn whole
LARGE = [form._replace(big=True) for form in FORMS if form.digits > 2]


class _Plan(NamedTuple):
    """How a drawing is laid out in a window: its texts, and the room between its cells."""

    texts: BoardTexts
    apart: int
    spread: int


class Blackboard:
    """Draws one solution, as fully as fits. Cells keep their widths while values appear in them; a `close`
    drawing leaves no more room between them than it needs."""

    def __init__(self, solution: Solution, style: Style, *, large: bool = False, close: bool = False) -> None:
        self.solution, self.style, self.large, self.close = solution, style, large, close
        self._plain = Picture(solution, style)
        self._captions = cache(partial(Captions, solution, style, named=False))
        self._layout = cache(self._laid_out)
        self._list = cache(self._listed)
        self.detailed = (
            False  # the cell of a recurrence rather than its steps, where there is no room for both
        )
        self.groups = StepGroups(solution.graph)
        self._figures: dict[tuple[str, tuple[int, ...] | None], StepFigure | None] = {}
        self._folded = cache(partial(cell_layout, solution, self.groups, style))
        self._plans: dict[tuple[int, int], _Plan | None] = {}

    @property
    def layout(self) -> Layout:
        return self._layout(True, True, True, 0, False)

    def restyled(self, style: Style) -> "Blackboard":
        """The same in the letters of another notation."""
        board = Blackboard(self.solution, style, large=self.large, close=self.close)
        board.detailed = self.detailed
        return board

    def draw(
        self,
        step: Step | None,
        index: tuple[int, ...] | None,
        sight: InSight,
        width: int,
        height: int,
        needed: Iterable[str] = (),
    ) -> Drawing | Prose:
        """The drawing, with the path of `step`, which is worked out from what is `needed`; the nodes in order
        where there is no room for one."""
        figure = self._figured(step, index, sight, width)
        if self.detailed:
            detail = figure or self._cell(step, index, width, height, needed) or []
            if 0 < len(detail) <= height:
                return still(detail)
        plan = self._plan(width, height)
        lines = self._drawn(plan, step, index, sight, (width, height), needed) if plan else None
        lines = lines or self._plain.draw(step, index, width, height - LISTED, needed)
        if lines and (cell := self._cell(step, index, width, height - len(lines) - 1, needed)):
            lines = [*cell, [], *lines]
        if lines and figure and not self.close and len(lines) + len(figure) < height:
            lines = [*lines, [], *figure]
        return still(self._coloured(lines)) if lines else self._plain.compact(step)

    def has_detail(self, step: Step | None) -> bool:
        """Whether there is another picture to turn to."""
        return bool(self.groups or (step and self._figure(step, None)))

    def _figure(self, step: Step, index: tuple[int, ...] | None) -> StepFigure | None:
        key = (step.quantity, index)
        if key not in self._figures:
            self._figures[key] = step_figure(self.solution, step, self.style, index)
        return self._figures[key]

    def _figured(
        self, step: Step | None, index: tuple[int, ...] | None, sight: InSight, width: int
    ) -> list[Line]:
        """What a step does, with a question mark for what is not in sight."""
        figure = self._figure(step, index) if step else None
        if figure is None:
            return []
        given = {name for name, node in self.solution.graph.nodes.items() if not node.op}
        hidden = figure.hiding(lambda name, at: name in given or sight.shows(name, at))
        return figure_lines(hidden, self.style, width)

    def _cell(
        self,
        step: Step | None,
        index: tuple[int, ...] | None,
        width: int,
        height: int,
        needed: Iterable[str] = (),
    ) -> list[Line] | None:
        """The cell of a recurrence: the steps folded into one."""
        for weights in (True, False) if self.groups else ():
            layout = self._folded(weights=weights)
            marked = focus(self.solution, layout, step, index, needed) if step else Focus()
            if lines := draw(layout, marked, self.style, width, height):
                return lines
        return None

    def _coloured(self, lines: list[Line]) -> list[Line]:
        """The lines with every gradient in its own colour, also one in big digits, three lines high."""
        sign = re.escape(self.style.glyphs.partial)
        small, big = rf"(?<= ){sign} *-?[\d?][\d./e,;…? -]*", rf"{sign} *[▀▄█]+(?: {{0,4}}[▀▄█]+)*"
        stretches: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row, line in enumerate(lines):
            text = "".join(piece.text for piece in line)
            if self.style.glyphs.partial in text:
                stretches[row] += [found.span() for found in re.finditer(small, text)]
                for found in re.finditer(big, text):  # three lines high
                    for below in range(row, min(row + 3, len(lines))):
                        stretches[below].append((found.start(), found.end() + 1))
        return [
            _with_role(line, stretches[row]) if stretches[row] else line for row, line in enumerate(lines)
        ]

    def undrawn(self, width: int, height: int) -> list[str]:
        """The nodes whose values the drawing has no room for."""
        plan = self._plan(width, height)
        return [name for name in self.solution.graph.nodes if not (plan and name in plan.texts.names)]

    def _plan(self, width: int, height: int) -> _Plan | None:
        if (width, height) not in self._plans:
            self._plans[width, height] = next(self._fitting(width, height), None)
        return self._plans[width, height]

    def _drawn(
        self,
        plan: _Plan,
        step: Step | None,
        index: tuple[int, ...] | None,
        sight: InSight,
        size: tuple[int, int],
        needed: Iterable[str],
    ) -> list[Line] | None:
        layout = plan.texts.layout_at(sight)
        marked = focus(self.solution, layout, step, index, needed) if step else Focus()
        if plan.texts.form.listed:
            return draw_list(layout, marked, self.style, *size)
        cells = tuple(cell._replace(row=cell.row * plan.apart) for cell in layout.cells)
        return draw(layout._replace(cells=cells, spread=plan.spread), marked, self.style, MAX_SIZE, MAX_SIZE)

    def _fitting(self, width: int, height: int) -> Iterator[_Plan]:
        """From the fullest drawing to the plainest, each as large as there is room; at last a list."""
        if cell := self._cell(None, None, width, height):  # first with room for it
            plans = self._drawings(width, height - len(cell) - 1)
            yield from (plan for plan in plans if not plan.texts.form.outputs)
        yield from self._drawings(width, height)
        if height >= LEAST_LISTED:
            yield from self._lists(width, height, whole=True)
            yield from self._lists(width, height, whole=False)

    def _lists(self, width: int, height: int, *, whole: bool) -> Iterator[_Plan]:
        """Lists of all nodes, or of as many as there is room for."""
        for form in LISTS if whole else LISTS[FEW:]:
            texts = BoardTexts(
                self.solution, self._list(form.formulas), form, self.style, self._captions(form.digits)
            )
            wide, tall = list_size(texts.layout_at(None), wires=whole)
            if wide <= width and (tall <= height or not whole):
                yield _Plan(texts, 1, 0)

    def _drawings(self, width: int, height: int) -> Iterator[_Plan]:
        nodes = self.solution.graph.nodes
        told = {name for name, node in nodes.items() if node.role != "constant"}
        forms = STEPS if self.groups else FORMS
        if self.solution.exercise.is_feed_forward:
            weights = sum(nodes[name].size for name in self.solution.graph.parameters)
            few = len(NUMBERS) * 2
            forms = [*NETWORK[:few], *(BARE if weights > MANY else ()), *NETWORK[few:]]
        for form in (*(LARGE if self.large else ()), *forms):
            layout = self._layout(form.weights, form.titles, form.formulas, form.steps, form.under)
            texts = BoardTexts(self.solution, layout, form, self.style, self._captions(form.digits))
            size = drawn_size(texts.layout_at(None), self.style)
            if size is None:
                return
            kept = 0 if self.groups or texts.names >= told else LISTED + (width < NARROW_WINDOW)
            wide, tall = width - size[0], height - size[1] - kept
            if tall >= 0 and wide >= 0 and self.close:
                yield _Plan(texts, 1, 0)
            elif tall >= 0 and wide >= 0:
                apart = min(tall // max(layout.rows - 1, 1), MAX_APART)
                yield _Plan(texts, 1 + apart, min(wide // (2 * layout.columns), MAX_SPREAD))

    def _listed(self, formulas: bool) -> Layout:
        times = "×" if self.style.glyphs.scripts else "x"
        return list_layout(self.solution, self.style, times, formulas=formulas)

    def _laid_out(self, weights: bool, titles: bool, formulas: bool, steps: int, under: bool) -> Layout:
        solution, style = self.solution, self.style
        if self.groups:
            most = steps or len(self.groups.steps)
            return steps_layout(solution, self.groups, style, most, leaves=weights)
        times = "×" if style.glyphs.scripts else "x"
        if solution.exercise.is_feed_forward:
            detail = Detail(values=False, weights=weights and not under, titles=titles, under=under)
            return network_layout(solution, detail, style)
        if len(solution.graph.nodes) > MAX_NODES:
            return Layout((), ())
        return graph_layout(solution, style, times, formulas=formulas)


def _with_role(line: Line, stretches: Iterable[tuple[int, int]], role: str = "gradient") -> Line:
    """The line with another role for these stretches of it, if any."""
    if not stretches:
        return line
    signs = [(character, piece.role) for piece in line for character in piece.text]
    for start, end in stretches:
        signs[start:end] = [(character, role) for character, _ in signs[start:end]]
    runs = ((role, [*run]) for role, run in groupby(signs, key=lambda sign: sign[1]))
    return [Words("".join(character for character, _ in run), role) for role, run in runs]
