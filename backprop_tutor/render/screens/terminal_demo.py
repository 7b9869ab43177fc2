"""A screen of the demonstration: the drawing, the table of the step, the keys."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleDimensions, Group, RenderableType
from rich.segment import Segment
from rich.style import Style as Look
from rich.text import Text

from backprop_tutor.language import Lettering, Style, display_width
from backprop_tutor.render.blocks import Block, Prose, Words
from backprop_tutor.render.painters.terminal import TerminalPainter
from backprop_tutor.render.pictures.blackboard import Blackboard
from backprop_tutor.render.pictures.captions import InSight
from backprop_tutor.render.pictures.plot import curve
from backprop_tutor.render.pictures.value_list import nearest, value_facts
from backprop_tutor.render.screens.demo_digits import big_value
from backprop_tutor.render.screens.show import Show
from backprop_tutor.render.subjects.demo_step import StepRoom, demo_blocks
from backprop_tutor.render.subjects.why import derived
from backprop_tutor.render.task_text import task_lines
from backprop_tutor.render.view import StepView
from backprop_tutor.render.wording import quantity_text
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
PICTURE = ("p picture", "p picture", 3)
ARROWS = {ord("→"): ">", ord("←"): "<", ord("↑"): "up", ord("↓"): "/down"}
LEAST = 2  # lines of the table that big digits leave
AMPLE = 12  # free lines that are enough to say a step's reason beside its numbers


class DemoScreen:
    """Paints a show into a width and a height. `large` writes the value five lines high."""

    def __init__(self, show: Show, board: Blackboard, style: Style, *, large: bool = False) -> None:
        self.show, self.board, self.style, self.large = show, board, style, large
        self.losses: Sequence[float] = ()
        self.painter = TerminalPainter(Console(markup=False, emoji=False, highlight=False), style)

    def reletter(self, lettering: Lettering) -> None:
        """Go on in the letters of another notation."""
        self.style = self.painter.style = lettering.styled(self.style)
        self.board = self.board.restyled(self.style)
        self.show.reletter(lettering)

    def turn(self) -> None:
        """To the other picture, where both have no room."""
        self.board.detailed = not self.board.detailed

    def paint(self, width: int, height: int, footer: str = "", *, why: Sequence[Text] = ()) -> RenderableType:
        """Exactly `height` lines of at most `width` columns; `footer` stands in place of the keys."""
        self.painter.console.size = ConsoleDimensions(width, height)
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
        place = f"  {max(min(show.step + 1, total), 0)}/{total}  by {show.level}"
        place += "  hiding" if show.asking else ""
        title = Text(self.style.spell(show.solution.exercise.title), style=self._look("title"))
        title.truncate(max(width - len(place), 10), overflow="crop", pad=True)
        return title.append(place, style=self._look("quiet"))

    def _footer(self, width: int, footer: str) -> Text:
        if footer:
            return Text(footer, style=self._look("note"))
        keys = [*KEYS[:-1], *([PICTURE] if self.board.has_detail(self.show.current) else []), KEYS[-1]]
        lines = ["  ".join(full for full, _, _ in keys)]
        lines += ["  ".join(short for _, short, rank in keys if rank <= least) for least in range(6, -1, -1)]
        if not self.style.glyphs.scripts:
            lines = [line.translate(ARROWS) for line in lines]
        return Text(
            next((line for line in lines if len(line) <= width), lines[-1]), style=self._look("quiet")
        )

    def _body(self, width: int, height: int, why: Sequence[Text]) -> list[Text]:
        show = self.show
        if show.trained:
            return self._training(width, height)
        if why:
            return [*why]
        longest = max((self._needed(step.node.size) for step in show.steps), default=0)
        least = height // 2 if self.large else height * 3 // 5
        drawing = self._drawing(width, max(height - longest, least))
        room = height - len(drawing)
        view = show.view()
        lines = self._given() if view is None else self._step(view, width, room)
        if view and room - len(lines) > AMPLE:
            lines += [Text(""), *self._lines([self._prose(view.step.explanation, "quiet")])]
        gap = [Text("")] * min(max(room - len(lines), 0), 2 if drawing else 0)
        return [*drawing, *gap, *lines]

    def _needed(self, elements: int) -> int:
        """About how many lines a step with so many elements takes."""
        return 4 + elements + (6 if self.large else 0)

    def _step(self, view: StepView, width: int, room: int) -> list[Text]:
        """The table of the step, all of it or as many rows as there is room for, and big digits below."""
        show = self.show
        rows = len(view.rows) if show.row is None else 1 if self.large else show.row + 1
        digits: list[Text] = []
        if self.large:
            least = len(self._lines(demo_blocks(show, view, self.style, StepRoom(1))))
            texts = big_value(show, view, self.style, width, (max(room - least, LEAST), room - LEAST))
            digits = [Text(line, style=self._look("value")) for line in texts]
        left = room - len(digits)
        for shown in _from_fullest(rows, max(left, 1)):
            lines = self._lines(demo_blocks(show, view, self.style, shown, alone=self.large))
            if len(lines) <= left:
                return [*lines, *digits]
        return [*lines[:left], *digits]

    def _lines(self, blocks: Iterable[Block]) -> list[Text]:
        return [_text(line) for line in self.painter.lines(blocks)]

    def _look(self, role: str) -> Look:
        return self.painter.looks[role]

    def _drawing(self, width: int, height: int) -> list[Text]:
        show = self.show
        sight = InSight(frozenset(show.known))
        drawn = self._lines([self.board.draw(show.current, show.index, sight, width, height - 1)])
        undrawn, room = self.board.undrawn(width, height - 1), height - 1 - len(drawn)
        listed = self._listed(undrawn, show.known, room)
        later = len(self._listed(undrawn, {*show.solution.steps}, room)) - len(listed)
        drawn += [*listed, *[Text("")] * later]  # so that what stands below stays in place
        return [*drawn, Text(self._legend(width), style=self._look("quiet"))]

    def _listed(self, names: Sequence[str], known: set[str], room: int) -> list[Text]:
        """The values of these nodes; of those far from the step only as many as there is room for."""
        solution, kept, lines = self.show.solution, list[str](), list[Text]()
        for name in nearest(solution, names, self.show.current):
            kept.append(name)
            facts = value_facts(solution, kept, known, self.style)
            trial = self._lines([facts] if facts.items else [])
            if len(trial) > room:
                break
            lines = trial
        return lines

    def _legend(self, width: int) -> str:
        """What the signs beside the numbers mean."""
        loss = quantity_text(self.show.solution.graph.loss, self.style)
        sign, arrow = self.style.glyphs.partial, "→" if self.style.glyphs.scripts else ">"
        short = f" {sign} derivative of {loss}"
        full = f"{short} with respect to the value in its place"
        updated = f"   {arrow} after the update" if self.show.solution.rate else ""
        texts = (full + updated, short + updated, short)
        return next((text for text in texts if display_width(text) <= width), "")

    def _given(self) -> list[Text]:
        description = task_lines(self.show.solution.exercise, self.style)
        begin = Prose((Words("Press space to begin.", "note"),))
        return self._lines([begin, *(Prose((Words(line),)) for line in description)])

    def _prose(self, text: str, role: str = "") -> Prose:
        return Prose((Words(self.style.prose(text)),), role)

    def why(self, step: Step) -> list[Text]:
        """Why the step is so, and its derivation with the rule of each line."""
        said = (self._prose(f"{step.rule}.", "rule"), self._prose(step.explanation), Prose(()))
        return self._lines([*said, *derived(self.show.solution, step, self.show.lettering, self.style)])

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
        return [Text(title, style=self._look("title")), Text(""), *(Text(line) for line in lines)]


def _from_fullest(rows: int, most: int) -> Iterator[StepRoom]:
    """What to show of a step with so many rows, of which not more than `most` are."""
    if rows <= most:
        yield StepRoom(rows, matrices=True)
        yield StepRoom(rows)
    for by_path, only_values in ((True, False), (False, False), (False, True)):
        for count in range(min(rows, most), 0, -1):
            yield StepRoom(count, edges=False, by_path=by_path, only_values=only_values)


def _text(line: Sequence[Segment]) -> Text:
    return Text.assemble(*((segment.text, segment.style or Look.null()) for segment in line))
