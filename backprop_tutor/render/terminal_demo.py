"""A screen of the demonstration: the drawing, the table of the step, the keys."""

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from backprop_tutor.language import Lettering, Style, display_width, to_text, wrap
from backprop_tutor.render.blackboard import Blackboard
from backprop_tutor.render.curve import curve
from backprop_tutor.render.demo_table import StepTable
from backprop_tutor.render.derivations import derivation
from backprop_tutor.render.drawing import Line
from backprop_tutor.render.show import Show
from backprop_tutor.render.texts import quantity_text
from backprop_tutor.walkthrough import Step

__all__ = ["DemoScreen"]

# What the keys do, in few words where there is no room for more, and how soon that is left out where
# there is no room for all: the highest first.
KEYS = (
    ("space next", "space next", 0),
    ("← back", "← back", 1),
    ("↑↓ coarser/finer", "↑↓ level", 3),
    ("h hide", "h hide", 2),
    ("e why", "e why", 2),
    ("g go to", "g go", 4),
    ("n notation", "n notation", 5),
    ("+- digits", "+- digits", 6),
    ("q quit", "q quit", 0),
)
ARROWS = {ord("→"): ">", ord("←"): "<", ord("↑"): "up", ord("↓"): "/down"}
LIT, GRADIENT, DIM = "bold magenta", "bold cyan", "dim"  # readable on light and on dark
AMPLE = 12  # free lines that are enough to say a step's reason beside its numbers


class DemoScreen:
    """Paints a show into a width and a height. `large` writes the value five lines high."""

    def __init__(self, show: Show, board: Blackboard, style: Style, *, large: bool = False) -> None:
        self.show, self.board, self.style, self.large = show, board, style, large
        self.losses: Sequence[float] = ()

    def reletter(self, lettering: Lettering) -> None:
        """Go on in the letters of another notation."""
        self.style = lettering.styled(self.style)
        self.board = self.board.restyled(self.style)
        self.show.reletter(lettering)

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
        lines = ["  ".join(full for full, _, _ in KEYS)]
        lines += ["  ".join(short for _, short, rank in KEYS if rank <= least) for least in range(6, -1, -1)]
        if not self.style.glyphs.scripts:
            lines = [line.translate(ARROWS) for line in lines]
        return Text(next((line for line in lines if len(line) <= width), lines[-1]), style=DIM)

    def _body(self, width: int, height: int, why: Sequence[str]) -> list[Text]:
        show = self.show
        if show.trained:
            return self._training(width, height)
        if why:
            return [Text(line) for line in why]
        table = StepTable(show, self.style, large=self.large)
        longest = max((table.needed(step.node.size) for step in show.steps), default=0)
        least = height // 2 if self.large else height * 3 // 5
        drawing = self._drawing(width, max(height - longest - 1, least))
        room = height - len(drawing)
        view = show.view()
        if view is None:
            lines = self._given(width)
        else:
            lines = [Text.assemble(*line) for line in table.lines(view, width, room)]
        if view and room - len(lines) > AMPLE:
            lines += [Text(""), *(Text(line, style=DIM) for line in self._explanation(view.step, width))]
        gap = [Text("")] * min(max(room - len(lines), 0), 2 if drawing else 0)
        return [*drawing, *gap, *lines]

    def _drawing(self, width: int, height: int) -> list[Text]:
        show = self.show
        lines = self.board.draw(show.current, show.index, show.known, width, height - 1)
        drawn = [self._line(line) for line in lines]
        for row, text in enumerate(drawn):
            for found in re.finditer(rf"{self.style.glyphs.partial} *[▀▄█]+(?: {{0,4}}[▀▄█]+)*", text.plain):
                for below in drawn[row : row + 3]:  # the lines of a gradient in big digits
                    below.stylize(GRADIENT, found.start(), found.end() + 1)
        return [*drawn, Text(self._legend(width), style=DIM)]

    def _legend(self, width: int) -> str:
        """What the signs beside the numbers mean."""
        loss = quantity_text(self.show.solution.graph.loss, self.style)
        sign, arrow = self.style.glyphs.partial, "→" if self.style.glyphs.scripts else ">"
        short = f" {sign} derivative of {loss}"
        full = f"{short} with respect to the value in its place"
        updated = f"   {arrow} after the update" if self.show.solution.rate else ""
        texts = (full + updated, short + updated, short)
        return next((text for text in texts if display_width(text) <= width), "")

    def _line(self, line: Line) -> Text:
        text = Text()
        for piece, lit in line:
            text.append(piece, style=LIT if lit else "")
        sign = re.escape(self.style.glyphs.partial)
        text.highlight_regex(rf"(?<= ){sign} *-?\d[\d./e,… -]*", GRADIENT)
        return text

    def _given(self, width: int) -> list[Text]:
        lines = [Text("Press space to begin.", style="bold")]
        for paragraph in self.show.solution.exercise.description.splitlines():
            lines += [Text(line) for line in wrap(self.style.spell(paragraph), min(width, 100), indent="")]
        return lines

    def _explanation(self, step: Step, width: int) -> list[str]:
        return wrap(self.style.prose(step.explanation), min(width, 110), indent="")

    def why(self, step: Step, width: int) -> list[str]:
        """Why the step is so, and its derivation with the rule of each line, in lines of `width`."""
        lines = derivation(self.show.solution, step, self.show.lettering, alone=False)
        prose = self.style.prose
        derived = [f"{to_text(line.equation, self.style)}   [{prose(line.rule)}]" for line in lines]
        texts = [f"{prose(step.rule)}.", prose(step.explanation), "", *derived]
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
