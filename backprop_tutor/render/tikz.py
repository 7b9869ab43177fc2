"""The graph as a picture in TikZ: the cards, lines and words of the picture in SVG."""

from collections.abc import Iterator, Sequence

from backprop_tutor.language import Style, latex_words
from backprop_tutor.render.captions import known_since
from backprop_tutor.render.focus import Focus, focus
from backprop_tutor.render.svg import layout_of
from backprop_tutor.render.svg_places import ROW, Card, DrawnLine, Places, Word
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["TikzPicture"]

NODES = r"inner sep=0pt, font=\fontsize{14}{16}\selectfont"
ANCHORS = {"heading": "base", "value": "base east", "gradient": "base east", "updated": "base east"}
LOOKS = {
    "title": r"\bfseries",
    "heading": r"\itshape",
    "value": r"\bfseries",
    "gradient": r"\color{magenta}\itshape",
}


class TikzPicture:
    """Draws a solution with what is known after each of its steps."""

    def __init__(self, solution: Solution, steps: Sequence[Step], style: Style) -> None:
        self.layout = layout_of(solution, style)
        self.places = Places(solution, self.layout, style)
        self.since = known_since(solution, [step.quantity for step in steps])
        self.paths: list[Focus] = [focus(solution, self.layout, step) for step in steps]

    def draw(self, number: int) -> str:
        """The picture at step `number`, its path marked; in units of a pixel, y downwards."""
        path = self.paths[number - 1]
        lines = [rf"\begin{{tikzpicture}}[x=1pt, y=-1pt, every node/.style={{{NODES}}}]"]
        lines += (_line(line, lit=path.lights(line.edge)) for line in self.places.lines)
        lines += (self._word(word) for word in self.places.titles)
        for card in self.places.cards.values():
            if card.cell.kind != "pass":
                lines.append(_card(card, own=card.cell.id in path.own, lit=card.cell.id in path.cells))
                lines += (self._word(w, card.x, card.y) for w in card.words if self._is_known(w, number))
        for line in self.places.lines:
            lines += (self._word(word) for word in line.label if self._is_known(word, number))
        return "\n".join([*lines, r"\end{tikzpicture}"])

    def _is_known(self, word: Word, number: int) -> bool:
        at = 0 if word.caption is None else self.since.get(word.caption.quantity)
        return at is not None and at <= number

    def _word(self, word: Word, x: float = 0, y: float = 0) -> str:
        middle = word.kind in ANCHORS and x == y == 0
        anchor = "base" if middle else ANCHORS.get(word.kind, "base west")
        return "\n".join(self._rows(word, anchor, word.x + x, word.y + y))

    def _rows(self, word: Word, anchor: str, x: float, y: float) -> Iterator[str]:
        for row, text in enumerate(word.text.split("\n")):
            shown = f"{LOOKS.get(word.kind, '')} {latex_words(text)}".strip()
            yield rf"\node[anchor={anchor}] at ({x:.0f},{y + row * ROW:.0f}) {{{shown}}};"


def _line(line: DrawnLine, *, lit: bool) -> str:
    looks = ["violet, line width=2.4pt" if lit else f"gray, line width={0.6 + line.strength:.1f}pt"]
    looks += ["dashed"] if line.negative else []
    looks += ["->"] if line.arrow else []
    return rf"\draw[{', '.join(looks)}] ({line.x1:.0f},{line.y1:.0f}) -- ({line.x2:.0f},{line.y2:.0f});"


def _card(card: Card, *, own: bool, lit: bool) -> str:
    looks = "draw=blue, fill=blue!8, line width=1.6pt" if own else "draw=gray, fill=white"
    looks = "draw=violet, fill=white, line width=1.6pt" if lit and not own else looks
    right, bottom = card.x + card.width, card.y + card.height
    corners = f"({card.x:.0f},{card.y:.0f}) rectangle ({right:.0f},{bottom:.0f})"
    return rf"\draw[{looks}, rounded corners=4pt] {corners};"
