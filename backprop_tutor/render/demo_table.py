"""The table of a step in a demonstration: rule, symbols, numbers, value, and the value in big digits."""

import numpy as np

from backprop_tutor.language import Expr, Style, display_width, to_text, wrap
from backprop_tutor.render.big_digits import big, small
from backprop_tutor.render.equations import array_equation, equation, values
from backprop_tutor.render.layout import number_text
from backprop_tutor.render.show import Show
from backprop_tutor.render.texts import PHASE_TITLES, has_matrix_form, quantity_text, shape_text
from backprop_tutor.render.view import StepView
from backprop_tutor.walkthrough import Worked

__all__ = ["StepTable", "Styled"]

Styled = list[tuple[str, str]]  # the pieces of a line, each with its style

BOLD, DIM = "bold", "dim"
DIGIT = "\u2007"  # a space as wide as a digit
MAX_BIG = 12  # elements of an array that are written in big digits
LEAST = 2  # lines of the table that big digits leave


class StepTable:
    """Writes the lines of the step that a show is at, into a width and a height."""

    def __init__(self, show: Show, style: Style, *, large: bool = False) -> None:
        self.show, self.style, self.large = show, style, large

    def lines(self, view: StepView, width: int, height: int) -> list[Styled]:
        head = self._head(view, width)
        rows = self._equations([self._sides(row, view) for row in self._rows(view)], width)
        room = height - len(head)
        digits = self._big(view, width, room - sum(map(len, rows)), room - LEAST)
        lines = [*head, *self._cut(rows, view.left_out, room - len(digits)), *digits]
        return lines if len(lines) <= height else [*lines[: height - 1], [(self._rest, DIM)]]

    def needed(self, elements: int) -> int:
        """About how many lines a step with so many elements takes."""
        return 2 + 2 * elements + (6 if self.large else 0)

    def _head(self, view: StepView, width: int) -> list[Styled]:
        step = view.step
        number = [s.quantity for s in self.show.steps if s.phase == step.phase].index(step.quantity) + 1
        title = [
            (f"{PHASE_TITLES[step.phase]} {number}  ", DIM),
            (quantity_text(step.quantity, self.style), "bold magenta"),
            (f"  {shape_text(view.shape, self.style)}  ", DIM),
        ]
        rule = self.style.spell(view.rule)
        if sum(display_width(text) for text, _ in title) + display_width(rule) <= width:
            lines: list[Styled] = [[*title, (rule, "italic")]]
        else:
            lines = [title, *([(line, "italic")] for line in wrap(rule, width, indent="  "))]
        if self.show.row is None and has_matrix_form(view) and not self.show.hidden:
            joined = "  ".join(array_equation(view, self.style))
            lines += [[(joined, BOLD)]] if display_width(joined) <= width else []
        return lines

    def _rows(self, view: StepView) -> tuple[Worked, ...]:
        """The elements so far, or in large only the one that is looked at."""
        row = self.show.row
        if row is None:
            return view.rows
        return view.rows[row if self.large else 0 : row + 1]

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

    def _equations(self, rows: list[list[str]], width: int) -> list[list[Styled]]:
        """The lines of each equation: aligned by their sides where the widest fits, else broken."""
        count = max((len(row) for row in rows), default=0)
        padded = [[*row[:-1], *[""] * (count - len(row)), row[-1]] for row in rows]
        widths = [max(display_width(row[k]) for row in padded) for k in range(count)]
        if sum(widths) + 2 * (count - 1) > width:
            return [self._broken(row, width) for row in rows]
        found = []
        for row in padded:
            spaced = [side + " " * (room - display_width(side) + 2)
                      for side, room in zip(row[:-1], widths[:-1], strict=True)]  # fmt: skip
            found.append([[("".join(spaced), ""), (row[-1], BOLD)]])
        return found

    def _broken(self, row: list[str], width: int) -> list[Styled]:
        parts = ("  ".join(row[:2]), "    " + "  ".join(row[2:]))
        return [[(line, "")] for part in parts for line in wrap(part, width, indent="      ") if line.strip()]

    def _cut(self, rows: list[list[Styled]], left_out: int, room: int) -> list[Styled]:
        """The equations that there is room for, the last ones where one element is looked at, and a mark."""
        at_element = self.show.row is not None
        kept = rows[::-1] if at_element else rows
        while len(kept) > 1 and sum(map(len, kept)) + (len(kept) < len(rows) or bool(left_out)) > room:
            kept = kept[:-1]
        missing = len(rows) - len(kept)
        lines = [line for row in (kept[::-1] if at_element else kept) for line in row]
        if at_element:
            return [[(f"{self._rest} {missing} before", DIM)], *lines] if missing else lines
        if not missing + left_out:
            return lines
        key = "↓" if self.style.glyphs.scripts else "the down key"
        how = f": {key} goes through them one by one" if missing else ""
        return [*lines, [(f"{self._rest} {missing + left_out:,} more{how}", DIM)]]

    @property
    def _rest(self) -> str:
        return "⋮" if self.style.glyphs.scripts else ":"

    def _big(self, view: StepView, width: int, room: int, most: int) -> list[Styled]:
        """The value in digits as big as fit into `room`, or at least into `most` lines."""
        texts = self._value_rows(view) if self.large else []
        scripts = self.style.glyphs.scripts
        block = "█" if scripts else "#"
        sizes = [[line for text in texts for line in ("", *big(text, block, scale))] for scale in (3, 2, 1)]
        sizes.append(["", *(line for text in texts for line in small(text, scripts))])
        for height in (room, most):
            for lines in sizes if texts else ():
                if len(lines) <= height and max(map(len, lines)) <= width:
                    return [[(line, BOLD)] for line in lines]
        return []

    def _value_rows(self, view: StepView) -> list[str]:
        """`= 1/2` of a number, else the rows of an array; nothing of one too large for that."""
        rows = self._rows(view)
        if self.show.hidden:
            return ["= ?"]
        if len(rows) == 1:
            return [values(rows[0], self.show.precision, self.style)[-1]]
        node = view.step.node
        if node.size > MAX_BIG:
            return []
        texts = [
            number_text(self.show.solution, view.step.quantity, index, self.show.precision)
            for index in np.ndindex(node.shape)
        ]
        array = np.array(texts, dtype=object).reshape(-1, node.shape[-1])
        array = array.T if self.style.turned(view.step.quantity) and len(array) > 1 else array
        widths = [max(map(len, column)) for column in array.T]
        return [f"[{', '.join(text.rjust(width, DIGIT) for text, width in zip(row, widths, strict=True))}]"
                for row in array]  # fmt: skip
