"""A solution on a terminal: aligned equations where they fit, one side a line where they do not."""

import re
import textwrap
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.text import Text

from backprop_tutor.language import Style, display_width, padded, to_text, wrap
from backprop_tutor.render.equations import array_equation, equation, values
from backprop_tutor.render.texts import (
    PHASE_TITLES,
    Checks,
    at_a_glance,
    has_matrix_form,
    mark,
    quantity_text,
    shape_text,
)
from backprop_tutor.render.view import Leaf, StepView
from backprop_tutor.walkthrough import Solution, Worked

__all__ = ["TerminalRenderer"]

INDENT = 2
_FORMULA_SPACE = re.compile(r" (?=[-+=<>≤≥] )|(?<= [-+=<>≤≥]) ")  # around an operator, where no line breaks


class TerminalRenderer:
    """Gives out lines for `console`; `form` is element, matrix or both."""

    def __init__(self, console: Console, style: Style, precision: int, form: str = "both") -> None:
        self.console = console
        self.style = style
        self.precision = precision
        self.form = form
        self._phase = ""
        self._explained: set[str] = set()

    @property
    def _width(self) -> int:
        return max(self.console.width - INDENT, 20)

    def header(self, solution: Solution, leaves: Iterable[Leaf]) -> Iterator[RenderableType]:
        exercise = solution.exercise
        yield from self._prose(exercise.title, "bold", indent=0)
        for paragraph in exercise.description.splitlines():
            yield from self._prose(paragraph, indent=0)
        yield Text("")
        yield from self._indented(Text(at_a_glance(solution, self.style), style="bold"))
        yield Text("")
        yield from self.leaves(leaves)

    def leaves(self, leaves: Iterable[Leaf]) -> Iterator[RenderableType]:
        for leaf in leaves:
            yield from self._leaf(leaf)

    def step(self, view: StepView) -> Iterator[RenderableType]:
        step = view.step
        if step.phase != self._phase:
            self._phase = step.phase
            yield Text("")
            yield self._rule(f"{PHASE_TITLES[step.phase]} ({view.of})")
        if view.skipped:
            yield from self._indented(
                Text(f"{view.skipped:,} steps left out; ask for one with --quantity.", style="dim")
            )
        yield Text("")
        yield from self._indented(self._title(view), indent=0)
        if view.explanation and view.explanation not in self._explained:
            self._explained.add(view.explanation)
            yield from self._prose(view.explanation, "dim")
        with_matrix = has_matrix_form(view) and self.form != "element"
        if with_matrix:
            sides = array_equation(view, self.style)
            yield from self._stack([side for side in sides if display_width(side) <= 3 * self._width], "bold")
            yield from self._shapes(view)
        if self.form == "matrix" and with_matrix:
            yield from self._equations([self._valued(row) for row in view.rows])
        else:
            yield from self._equations([equation(row, self.precision, self.style) for row in view.rows])
        if view.left_out:
            more = f"{view.left_out:,} more; ask for one with --quantity."
            yield from self._indented(Text(more, style="dim"))

    def footer(self, checks: Checks, notes: Iterable[str]) -> Iterator[RenderableType]:
        if not checks:
            return
        yield Text("")
        yield self._rule("Checks")
        for note in notes:
            yield from self._prose(f"Note: {note}", "bold")
        for line in checks.lines():
            yield from self._prose(line, "dim")

    def _rule(self, title: str) -> RenderableType:
        line = "─" if self.style.glyphs.scripts else "-"
        return Rule(Text(title, style="bold"), characters=line, style="cyan", align="left")

    def _prose(self, text: str, style: str = "", indent: int = INDENT) -> Iterator[RenderableType]:
        """Text in lines without trailing spaces (Rich pads the lines that it breaks)."""
        bound = _FORMULA_SPACE.sub("\N{NO-BREAK SPACE}", self.style.spell(text))
        for line in textwrap.wrap(bound, self.console.width - indent):
            yield Text(" " * indent + line.replace("\N{NO-BREAK SPACE}", " "), style=style)

    def _indented(self, text: Text, indent: int = INDENT) -> Iterator[RenderableType]:
        """Text in as many lines as it needs, none with trailing spaces."""
        for line in text.wrap(self.console, self.console.width - indent):
            line.rstrip()
            yield Text(" " * indent) + line

    def _leaf(self, leaf: Leaf) -> Iterator[RenderableType]:
        kind = "given" if leaf.node.role == "given" else "parameter"
        title = Text(quantity_text(leaf.node.name, self.style), style="bold")
        title.append(f"  {kind}, {shape_text(leaf.shape, self.style)}", style="not bold dim")
        yield from self._indented(title)
        cells = [f"{to_text(name, self.style)} = {value}" for name, value in leaf.elements]
        joined = ",  ".join(cells) + (f",  … {leaf.left_out:,} more" if leaf.left_out else "")
        for line in _lines(joined.split("  "), self._width - INDENT):
            yield from self._indented(Text("  " + line))

    def _title(self, view: StepView) -> Text:
        step = view.step
        title = Text().append(f"{view.number}/{view.of} ", style="dim")
        title.append(quantity_text(step.quantity, self.style), style="bold cyan")
        title.append(f"  {shape_text(view.shape, self.style)}  ", style="dim")
        title.append(view.rule, style="italic")
        if mark(view, self.style):
            title.append(f"  {mark(view, self.style)}", style="green")
        return title

    def _shapes(self, view: StepView) -> Iterator[RenderableType]:
        shapes = {name: view.shapes[name] for name in view.step.uses}
        listed = [self._shaped(name, shape) for name, shape in shapes.items()]
        own = self._shaped(view.step.quantity, view.shape)
        source = f" from {', '.join(listed)}" if listed else ""
        yield from self._indented(Text(f"shapes: {own}{source}", style="dim"))

    def _shaped(self, name: str, shape: tuple[int, ...]) -> str:
        return f"{quantity_text(name, self.style)} {shape_text(shape, self.style)}"

    def _valued(self, row: Worked) -> list[str]:
        return [to_text(row.name, self.style), *values(row, self.precision, self.style)]

    def _equations(self, rows: list[list[str]]) -> Iterator[RenderableType]:
        """Equations below one another, sides aligned, if the widest fits; else each stacked."""
        if not rows:
            return
        sides = max(map(len, rows))
        middles = [[*row[:-1], *[""] * (sides - len(row))] for row in rows]
        widths = [max(map(display_width, column)) for column in zip(*middles, strict=True)]
        last = max(display_width(row[-1]) for row in rows)
        if sum(widths) + 2 * len(widths) + last > self._width:
            for row in rows:
                yield from self._stack(row, "")
            return
        for middle, row in zip(middles, rows, strict=True):
            cells = list(map(padded, middle, widths))
            yield from self._indented(Text("  ".join([*cells, ""])).append(row[-1], style="bold"))

    def _stack(self, sides: list[str], style: str) -> Iterator[RenderableType]:
        """The first side and then one a line, broken at operators only."""
        if not sides:
            return
        one_line = "  ".join(sides)
        if display_width(one_line) <= self._width:
            yield from self._indented(Text(one_line, style=style))
            return
        head, *rest = sides
        yield from self._indented(Text(head, style=style))
        for side in rest:
            for line in wrap("  " + side, self._width, indent="      "):
                yield from self._indented(Text(line, style=style or ("bold" if side is rest[-1] else "")))


def _lines(cells: list[str], width: int) -> list[str]:
    """Cells joined by two spaces into lines of at most `width` columns."""
    lines = [""]
    for cell in cells:
        joined = f"{lines[-1]}  {cell}" if lines[-1] else cell
        if lines[-1] and display_width(joined) > width:
            lines.append(cell)
        else:
            lines[-1] = joined
    return lines
