"""The graph as a picture in SVG, with the values, the gradients and the path of a step."""

from collections.abc import Sequence
from html import escape

from backprop_tutor.engine import ops
from backprop_tutor.language import Style
from backprop_tutor.render.captions import known_since
from backprop_tutor.render.focus import Focus, focus
from backprop_tutor.render.layout import Layout
from backprop_tutor.render.layout_graph import graph_layout
from backprop_tutor.render.layout_network import Detail, network_layout
from backprop_tutor.render.svg_places import ROW, Card, DrawnLine, Places, Word, text_width
from backprop_tutor.render.wording import at_a_glance
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["SvgPicture"]

LONG = 8  # letters of a title that may be wider than was thought
SPACE = "\u2007"  # as wide as a digit, and never joined to others: it keeps the columns of a matrix


class SvgPicture:
    """A solution drawn with the captions that are known after `steps`; with `blank`, only what is given."""

    def __init__(
        self, solution: Solution, steps: Sequence[Step], style: Style, *, blank: bool = False
    ) -> None:
        self.solution, self.style, self.blank = solution, style, blank
        self.layout = layout_of(solution, style)
        self.places = Places(solution, self.layout, style)
        self.since = known_since(solution, [step.quantity for step in steps])
        self.backward = {n for n, step in enumerate(steps, 1) if step.phase == "backward"}
        self.paths: list[Focus] = [focus(solution, self.layout, step) for step in steps]

    def draw(
        self, lit: int | None = None, *, style: str = "", live: bool = False, upto: int | None = None
    ) -> str:
        """The `<svg>` element, with the path of step number `lit`. A `live` one carries for a script at
        which steps its words appear (`data-at`) and its paths light up (`data-lit`). What is known only after
        step number `upto` is left out."""
        self._lit, self._live, self._upto = lit, live, upto
        width, height = round(self.places.width), round(self.places.height)
        title, about = escape(self.solution.exercise.title), escape(self._description())
        kind = "picture backward" if lit in self.backward else "picture"
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" class="{kind}" role="img" aria-labelledby="picture-title picture-about">',
            f'<title id="picture-title">{title}</title><desc id="picture-about">{about}</desc>',
            f"<style>{style}</style>" if style else "",
            f'<rect class="paper" width="{width}" height="{height}"/>',
            *(self._line(line) for line in self.places.lines),
            *(_text(word) for word in self.places.titles),
            *(self._card(card) for card in self.places.cards.values() if card.cell.kind != "pass"),
            *(self._word(word) for line in self.places.lines for word in line.label),
            "</svg>",
        ]
        return "\n".join(part for part in parts if part)

    def _description(self) -> str:
        return (
            f"The computation graph: {at_a_glance(self.solution, self.style)}. Values stand beside their "
            "names, gradients behind the sign ∂, updated weights behind an arrow. Lines of negative weights "
            "are dashed, lines of larger weights thicker; the path of the current step is heavy."
        )

    def _line(self, line: DrawnLine) -> str:
        kinds = "edge negative" if line.negative else "edge"
        steps = [n for n, path in enumerate(self.paths, 1) if path.lights(line.edge)]
        middle = (line.x1 + line.x2) / 2
        turn = f"C{middle:.0f} {line.y1:.0f} {middle:.0f} {line.y2:.0f} " if line.curved else "L"
        tip = "m-8 -4l8 4l-8 4" if line.arrow else ""
        width = f"{1.2 + 2.3 * line.strength:.1f}"
        return (
            f'<path{self._marks(kinds, steps)} stroke-width="{width}" '
            f'd="M{line.x1:.0f} {line.y1:.0f}{turn}{line.x2:.0f} {line.y2:.0f}{tip}"/>'
        )

    def _card(self, card: Card) -> str:
        steps = [n for n, path in enumerate(self.paths, 1) if card.cell.id in path.cells]
        own = [n for n, path in enumerate(self.paths, 1) if card.cell.id in path.own]
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


def layout_of(solution: Solution, style: Style) -> Layout:
    """The layout that pictures are drawn from."""
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
    return f' textLength="{text_width(text):.0f}" lengthAdjust="spacingAndGlyphs"'
