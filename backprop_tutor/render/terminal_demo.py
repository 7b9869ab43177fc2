"""A screen of the demonstration: the drawing, the table of the step, the keys."""

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from backprop_tutor.language import Expr, Style, display_width, to_text, wrap
from backprop_tutor.render.big_digits import big
from backprop_tutor.render.blackboard import Blackboard
from backprop_tutor.render.curve import curve
from backprop_tutor.render.derivations import derivation
from backprop_tutor.render.drawing import Line
from backprop_tutor.render.show import Show
from backprop_tutor.render.texts import (
    PHASE_TITLES,
    array_equation,
    equation,
    has_matrix_form,
    quantity_text,
    shape_text,
    values,
)
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Step, Worked

__all__ = ["DemoScreen"]

# What the keys do, and how soon that is left out where there is no room for all: the highest first.
KEYS = (
    ("space next", 0),
    ("← back", 1),
    ("↑↓ coarser/finer", 3),
    ("h hide", 2),
    ("e why", 2),
    ("g go to", 4),
    ("n notation", 6),
    ("+- digits", 5),
    ("q quit", 0),
)
ARROWS = {ord("→"): ">", ord("←"): "<", ord("↑"): "up", ord("↓"): "/down"}
LIT, GRADIENT, DIM = "bold magenta", "bold cyan", "dim"  # readable on light and on dark


class DemoScreen:
    """Paints a show into a width and a height. `large` writes the value five lines high."""

    def __init__(self, show: Show, board: Blackboard, style: Style, *, large: bool = False) -> None:
        self.show, self.board, self.style, self.large = show, board, style, large
        self.losses: Sequence[float] = ()

    def paint(self, width: int, height: int, footer: str = "", *, why: Sequence[str] = ()) -> RenderableType:
        """Exactly `height` lines of at most `width` columns; `footer` stands in place of the keys."""
        head = [self._title(width), Text("")]
        room = self.room(height)
        body = self._body(width, room, why)
        lines = [*head, *body[:room], *[Text("")] * (room - len(body)), self._footer(width, footer)]
        for line in lines:
            line.truncate(width, overflow="ellipsis" if self.style.glyphs.scripts else "crop")
            line.no_wrap = True
        return Group(*lines)

    def _title(self, width: int) -> Text:
        show = self.show
        total = len(show.steps)
        place = f"{max(min(show.step + 1, total), 0)}/{total}  by {show.level}"
        place += "  hiding" if show.asking else ""
        title = Text(self.style.spell(show.solution.exercise.title), style="bold")
        title.truncate(max(width - len(place) - 2, 10), overflow="crop")
        title.append(" " * max(width - title.cell_len - len(place), 1) + place, style=DIM)
        return title

    def _footer(self, width: int, footer: str) -> Text:
        if footer:
            return Text(footer, style="bold")
        for least in range(6, -1, -1):
            keys = "  ".join(words for words, rank in KEYS if rank <= least)
            keys = keys if self.style.glyphs.scripts else keys.translate(ARROWS)
            if len(keys) <= width:
                break
        return Text(keys, style=DIM)

    def _body(self, width: int, height: int, why: Sequence[str]) -> list[Text]:
        if self.show.trained:
            return self._training(width, height)
        if why:
            return [Text(line) for line in why]
        table, drawing = self._table(width), self._drawing(width, height)
        spare = height - len(drawing) - len(table)
        if spare < 0 and drawing:  # the table matters more than a drawing that has no room
            drawing = self._drawing(width, max(height - len(table) - 1, 0))
            spare = height - len(drawing) - len(table)
        gap = [Text("")] * min(max(spare, 0), 2 if drawing else 0)
        return [*drawing, *gap, *table]

    def _drawing(self, width: int, height: int) -> list[Text]:
        show = self.show
        lines = self.board.draw(show.current, show.index, show.known, width, height)
        drawn = [self._line(line) for line in lines]
        units = any("→" in text.plain or ">" in text.plain for text in drawn)
        if not drawn or not show.solution.exercise.layers or not units:
            return drawn
        arrow = "→" if self.style.glyphs.scripts else ">"
        legend = f" of a unit: net{arrow}output {self.board.sign}derivative of the loss"
        return [*drawn, Text(legend[:width], style=DIM)]

    def _line(self, line: Line) -> Text:
        text = Text()
        for piece, lit in line:
            text.append(piece, style=LIT if lit else "")
        sign = re.escape(self.board.sign)
        text.highlight_regex(rf"(?<= ){sign}-?\d[\d./e,…; -]*", GRADIENT)
        return text

    def _table(self, width: int) -> list[Text]:
        view = self.show.view()
        if view is None:
            return self._given(width)
        step = view.step
        number = [s.quantity for s in self.show.steps if s.phase == step.phase].index(step.quantity) + 1
        title = Text(f"{PHASE_TITLES[step.phase]} {number}  ", style=DIM)
        title.append(quantity_text(step.quantity, self.style), style="bold magenta")
        title.append(f"  {shape_text(step.shape, self.style)}  ", style=DIM)
        title.append(self.style.spell(step.rule), style="italic")
        lines = [title]
        if self.show.row is None and has_matrix_form(view) and not self.show.hidden:
            joined = "  ".join(array_equation(view, self.style))
            lines += [Text(joined, style="bold")] if display_width(joined) <= width else []
        rows = self._rows(view)
        lines += self._equations([self._sides(row, view) for row in rows], width)
        if view.left_out:
            lines.append(Text(f"{view.left_out:,} more", style=DIM))
        if self.large and rows:
            ends = [""] if self.show.hidden else values(rows[-1], self.show.precision, self.style)
            shown = "= ?" if self.show.hidden else ends[-1] if len(rows) == 1 else ""
            block = "█" if self.style.glyphs.scripts else "#"
            lines += [Text("")] + [Text(line, style="bold") for line in big(shown, block)] if shown else []
        return lines

    def _rows(self, view: StepView) -> tuple[Worked, ...]:
        """The elements so far, or in large only the one that is looked at."""
        row = self.show.row
        if row is None:
            return view.rows
        return view.rows[row : row + 1] if self.large else view.rows[: row + 1]

    def _sides(self, worked: Worked, view: StepView) -> list[str]:
        """The sides of an equation, without what is hidden."""
        sides = equation(worked, self.show.precision, self.style)
        is_last = self.show.row is None or worked is view.rows[self.show.row]
        if not (self.show.hidden and is_last):
            return sides
        ends = values(worked, self.show.precision, self.style)
        formula: Expr | None = worked.formula
        symbols = (
            [f"= {to_text(formula, self.style)}"]
            if formula is not None and len(sides) > len(ends) + 1
            else []
        )
        return [sides[0], *symbols, "= ?"]

    def _equations(self, rows: list[list[str]], width: int) -> list[Text]:
        """The equations aligned by their sides where the widest fits, else each on lines of its own."""
        count = max((len(row) for row in rows), default=0)
        padded = [[*row[:-1], *[""] * (count - len(row)), row[-1]] for row in rows]
        widths = [max(display_width(row[k]) for row in padded) for k in range(count)]
        found = []
        for row, aligned in zip(rows, padded, strict=True):
            if sum(widths) + 2 * count > width:
                for part in ("  ".join(row[:2]), "    " + "  ".join(row[2:])):
                    found += [Text(line) for line in wrap(part, width, indent="      ") if line.strip()]
                continue
            text = Text()
            for side, room in zip(aligned, widths, strict=True):
                bold = side is aligned[-1]
                text.append(side, style="bold" if bold else "")
                text.append(" " * (room - display_width(side) + 2))
            found.append(text)
        return found

    def _given(self, width: int) -> list[Text]:
        lines = [Text("Press space to begin.", style="bold")]
        for paragraph in self.show.solution.exercise.description.splitlines():
            lines += [Text(line) for line in wrap(self.style.spell(paragraph), min(width, 100), indent="")]
        return lines

    def why(self, step: Step, width: int) -> list[str]:
        """Why the step is so, and its derivation with the rule of each line, in lines of `width`."""
        lines = derivation(self.show.solution, step, alone=False)
        derived = [f"{to_text(line.equation, self.style)}   [{line.rule}]" for line in lines]
        title = f"{quantity_text(step.quantity, self.style)}: {step.rule}."
        texts = [title, step.explanation, "", *derived]
        return [line for text in texts for line in wrap(self.style.spell(text), min(width, 110), indent="  ")]

    def room(self, height: int) -> int:
        """The lines between the title and the keys."""
        return height - 3

    def _training(self, width: int, height: int) -> list[Text]:
        loss = quantity_text(self.show.solution.graph.loss, self.style)
        title = (
            f"{loss} over {len(self.losses) - 1} updates: from {self.losses[0]:.6g} to {self.losses[-1]:.6g}"
        )
        mark = "•" if self.style.glyphs.scripts else "*"
        lines = curve(self.losses, min(width, 120), max(min(height - 2, 24), 4), mark)
        return [Text(title, style="bold"), Text(""), *(Text(line) for line in lines)]
