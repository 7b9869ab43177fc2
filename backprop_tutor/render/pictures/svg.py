"""The graph as a picture in SVG, with the values, the gradients and the path of a step."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from backprop_tutor.engine import ops
from backprop_tutor.language import Style
from backprop_tutor.render.pictures.captions import known_since
from backprop_tutor.render.pictures.figure import StepFigure
from backprop_tutor.render.pictures.focus import focus
from backprop_tutor.render.pictures.layout import Layout
from backprop_tutor.render.pictures.layout_cell import cell_layout
from backprop_tutor.render.pictures.layout_graph import graph_layout
from backprop_tutor.render.pictures.layout_list import list_layout
from backprop_tutor.render.pictures.layout_network import Detail, network_layout
from backprop_tutor.render.pictures.layout_steps import steps_layout
from backprop_tutor.render.pictures.step_groups import StepGroups
from backprop_tutor.render.pictures.svg_figure import figure_size, figure_svg
from backprop_tutor.render.pictures.svg_places import ROW, Card, DrawnLine, Places, Word, natural_width
from backprop_tutor.render.wording import at_a_glance
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["SvgPicture", "drawn_parts"]

WIDEST = 1280  # pixels of a picture on a page, beyond which its letters would be too small
LONG = 8  # letters of a title that may be wider than was thought
SPACE = "\u2007"  # as wide as a digit, and never joined to others: it keeps the columns of a matrix


class SvgPicture:
    """A solution drawn with the captions that are known after `steps`; with `blank`, only what is given."""

    def __init__(
        self,
        solution: Solution,
        steps: Sequence[Step],
        style: Style,
        *,
        blank: bool = False,
        widest: float = WIDEST,
        figures: Iterable[StepFigure] = (),
    ) -> None:
        """Below the graph stand `figures`."""
        self.solution, self.style, self.blank = solution, style, blank
        self.since = known_since(solution, [step.quantity for step in steps])
        self.backward = {n for n, step in enumerate(steps, 1) if step.phase == "backward"}
        self.parts = [
            (places, [focus(solution, places.layout, step) for step in steps])
            for places in drawn_parts(solution, style, widest)
        ]
        self.figures = list(figures)
        widths = [*(places.width for places, _ in self.parts), *(figure_size(f)[0] for f in self.figures)]
        self.width = round(max(widths))

    def draw(
        self,
        lit: int | None = None,
        *,
        style: str = "",
        live: bool = False,
        upto: int | None = None,
        name: str = "picture",
    ) -> str:
        """The `<svg>` element, with the path of step number `lit`. A `live` one carries for a script at
        which steps its words appear (`data-at`) and its paths light up (`data-lit`). What is known only after
        step number `upto` is left out. The ids in it begin with `name`."""
        self._lit, self._live, self._upto = lit, live, upto
        height = round(sum(places.height for places, _ in self.parts))
        height += sum(figure_size(figure)[1] for figure in self.figures)
        title, about = escape(self.solution.exercise.title), escape(self._description())
        kind = "picture backward" if lit in self.backward else "picture"
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {height}" '
            f'width="{self.width}" height="{height}" class="{kind}" role="img" '
            f'aria-labelledby="{name}-title {name}-about">',
            f'<title id="{name}-title">{title}</title><desc id="{name}-about">{about}</desc>',
            f"<style>{style}</style>" if style else "",
            f'<rect class="paper" width="{self.width}" height="{height}"/>',
        ]
        top = 0.0
        for places, paths in self.parts:
            self._paths = paths
            lines += [f'<g transform="translate(0 {top:.0f})">', *self._part(places), "</g>"]
            top += places.height
        for figure in self.figures:
            lines += [f'<g transform="translate(0 {top:.0f})">', figure_svg(figure), "</g>"]
            top += figure_size(figure)[1]
        return "\n".join(part for part in (*lines, "</svg>") if part)

    def _part(self, places: Places) -> Iterator[str]:
        yield from map(self._line, places.lines)
        yield from map(_text, places.titles)
        yield from (self._card(card) for card in places.cards.values() if card.cell.kind != "pass")
        yield from (self._word(word) for line in places.lines for word in line.label)

    def _description(self) -> str:
        return (
            f"The computation graph: {at_a_glance(self.solution, self.style)}. Values stand beside their "
            "names, gradients behind the sign ∂, updated weights behind an arrow. Lines of negative weights "
            "are dashed, lines of larger weights thicker; the path of the current step is heavy."
        )

    def _line(self, line: DrawnLine) -> str:
        kinds = "edge negative" if line.negative else "edge"
        steps = [n for n, path in enumerate(self._paths, 1) if path.lights(line.edge)]
        middle = (line.bends + line.x2) / 2
        corners = "".join(f"L{x:.0f} {y:.0f}" for x, y in line.by)
        turn = f"C{middle:.0f} {line.y1:.0f} {middle:.0f} {line.y2:.0f} " if line.curved else "L"
        tip = "m-8 -4l8 4l-8 4" if line.arrow else ""
        width = f"{1.2 + 2.3 * line.strength:.1f}"
        return (
            f'<path{self._marks(kinds, steps)} stroke-width="{width}" '
            f'd="M{line.x1:.0f} {line.y1:.0f}{corners}{turn}{line.x2:.0f} {line.y2:.0f}{tip}"/>'
        )

    def _card(self, card: Card) -> str:
        steps = [n for n, path in enumerate(self._paths, 1) if card.cell.id in path.cells]
        own = [n for n, path in enumerate(self._paths, 1) if card.cell.id in path.own]
        words = "".join(self._word(word) for word in card.words)
        return (
            f"<g{self._marks(f'cell {card.cell.kind}', steps, own)} "
            f'transform="translate({card.x:.0f} {card.y:.0f})">'
            f'<rect width="{card.width:.0f}" height="{card.height:.0f}" rx="8"/>{words}</g>'
        )

    def _marks(self, kinds: str, steps: list[int], own: list[int] | None = None) -> str:
        if self._live:
            mine = f' data-own="{" ".join(map(str, own))}"' if own else ""
            return f' class="{kinds}" data-lit="{" ".join(map(str, steps))}"{mine}'
        lit = " lit" if self._lit in steps else ""
        return f' class="{kinds}{lit}{" own" if self._lit in (own or []) else ""}"'

    def _word(self, word: Word) -> str:
        caption = word.caption
        if caption is None:
            return _text(word)
        at = self.since.get(caption.quantity)
        if at == 0:
            return _text(word)
        if at is None or (self._upto is not None and at > self._upto):
            return ""
        if self.blank and not (self._live and caption.element):
            return ""
        if self.blank:
            sign = escape(word.text.removesuffix(caption.text))
            return _text(word, f'{sign}<tspan data-q="{escape(caption.element or "")}">?</tspan>')
        return _text(word, more=f' data-at="{at}"' if self._live else "")


def drawn_parts(solution: Solution, style: Style, widest: float = WIDEST) -> list[Places]:
    """What is drawn, from top to bottom, in at most `widest` pixels where that can be: of a recurrence its
    cell and its steps, of what is too wide for columns a list."""
    groups = StepGroups(solution.graph)
    if groups:
        steps = (
            Places(solution, steps_layout(solution, groups, style, most, leaves=leaves), style, narrow=narrow)
            for leaves in (True, False)
            for most in (6, 4, 3)
            for narrow in (False, True)
        )
        fitting = [Places(solution, cell_layout(solution, groups, style), style)]
        fitting += [*islice((places for places in steps if places.width <= widest), 1)]
        if len(fitting) == 2 and fitting[0].width <= widest:
            return fitting
    else:
        layout = layout_of(solution, style)
        for narrow in (False, True):
            places = Places(solution, layout, style, narrow=narrow)
            if places.width <= widest:
                return [places]
    return [Places(solution, list_layout(solution, style), style, narrow=widest < WIDEST)]


def layout_of(solution: Solution, style: Style) -> Layout:
    """The layout that pictures are drawn from where there is no recurrence."""
    if solution.exercise.is_feed_forward:
        layout = network_layout(solution, Detail(values=False), style)
        op = solution.graph.nodes[solution.graph.loss].op
        named = ops.loss_words(op)[0] if ops.get(op).loss else "loss"
        return layout._replace(titles=(*layout.titles[:-1], named))
    return graph_layout(solution, style)


def _text(word: Word, body: str = "", more: str = "") -> str:
    first, *others = word.text.replace(" ", SPACE).split("\n") if "\n" in word.text else [word.text]
    if others:
        rows = (f'<tspan x="{word.x:.0f}"{_fit(line)} dy="{ROW}">{escape(line)}</tspan>' for line in others)
        body = body or f"<tspan{_fit(first)}>{escape(first)}</tspan>{''.join(rows)}"
    elif word.kind == "title":
        more += _fit(first)
    body = body or escape(first)
    return f'<text class="{word.kind}" x="{word.x:.0f}" y="{word.y:.0f}"{more}>{body}</text>'


def _fit(text: str) -> str:
    """What keeps a long text on its card, whatever letters there are to draw it with."""
    if len(text) < LONG:
        return ""
    return f' textLength="{natural_width(text):.0f}" lengthAdjust="spacingAndGlyphs"'
