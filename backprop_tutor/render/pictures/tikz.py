"""The graph as a picture in TikZ: the cards, lines and words of the picture in SVG."""

from collections.abc import Iterator, Sequence

from backprop_tutor.language import Style, latex_words
from backprop_tutor.render.pictures.captions import known_since
from backprop_tutor.render.pictures.focus import Focus, focus
from backprop_tutor.render.pictures.svg import drawn_parts
from backprop_tutor.render.pictures.svg_places import ROW, Card, DrawnLine, Places, Word
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["TikzPicture"]

NODES = r"inner sep=0pt, font=\fontsize{14}{16}\selectfont"
ANCHORS = {
    "heading": "base",
    "sign": "base",
    "weights": "base",
    "more": "base",
    "value": "base east",
    "gradient": "base east",
    "updated": "base east",
}
LOOKS = {
    "title": r"\bfseries",
    "sign": r"\bfseries",
    "weights": r"\itshape\small",
    "heading": r"\itshape",
    "value": r"\bfseries",
    "gradient": r"\color{magenta}\itshape",
}


class TikzPicture:
    """Draws a solution with what is known after each of its steps."""

    def __init__(self, solution: Solution, steps: Sequence[Step], style: Style) -> None:
        self.since = known_since(solution, [step.quantity for step in steps])
        self.parts = [
            (places, [focus(solution, places.layout, step) for step in steps])
            for places in drawn_parts(solution, style)
        ]

    def draw(self, number: int, *, lit: bool = True) -> str:
        """The picture after step `number`, its path marked where it is `lit`; in pixels, y downwards."""
        lines = [rf"\begin{{tikzpicture}}[x=1pt, y=-1pt, every node/.style={{{NODES}}}]"]
        top = 0.0
        for places, paths in self.parts:
            lines.append(rf"\begin{{scope}}[yshift=-{top:.0f}pt]")
            lines += [*self._part(places, paths[number - 1] if lit else Focus(), number), r"\end{scope}"]
            top += places.height
        return "\n".join([*lines, r"\end{tikzpicture}"])

    def _part(self, places: Places, path: Focus, number: int) -> Iterator[str]:
        yield from (_line(line, lit=path.lights(line.edge)) for line in places.lines)
        yield from (self._word(word) for word in places.titles)
        for card in places.cards.values():
            if card.cell.kind != "pass":
                yield _card(card, own=card.cell.id in path.own, lit=card.cell.id in path.cells)
                yield from (self._word(w, card.x, card.y) for w in card.words if self._is_known(w, number))
        for line in places.lines:
            yield from (self._word(word) for word in line.label if self._is_known(word, number))

    def _is_known(self, word: Word, number: int) -> bool:
        at = 0 if word.caption is None else self.since.get(word.caption.quantity)
        return at is not None and at <= number

    def _word(self, word: Word, x: float = 0, y: float = 0) -> str:
        middle = word.kind in ANCHORS and x == y == 0  # a label on a line
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
    places = " -- ".join(f"({x:.0f},{y:.0f})" for x, y in ((line.x1, line.y1), *line.by, (line.x2, line.y2)))
    return rf"\draw[{', '.join(looks)}] {places};"


def _card(card: Card, *, own: bool, lit: bool) -> str:
    looks = "draw=blue, fill=blue!8, line width=1.6pt" if own else "draw=gray, fill=white"
    looks = "draw=violet, fill=white, line width=1.6pt" if lit and not own else looks
    right, bottom = card.x + card.width, card.y + card.height
    corners = f"({card.x:.0f},{card.y:.0f}) rectangle ({right:.0f},{bottom:.0f})"
    return rf"\draw[{looks}, rounded corners=4pt] {corners};"
