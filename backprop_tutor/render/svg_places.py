"""Where everything lies in a picture of a graph, in pixels: cards, the words on them, lines, labels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.captions import Caption, Captions, NodeCaptions
from backprop_tutor.render.layout import DrawnEdge, DrawnNode, Layout
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution

__all__ = ["ROW", "Card", "DrawnLine", "Label", "Places", "Word", "place_labels", "text_width"]

PLACES = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8, 0.14, 0.86)  # along the line, best first
Segment = tuple[float, float, float, float]


class Label(NamedTuple):
    """A label of a size, on the line from (x1, y1) to (x2, y2)."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    height: float

    def at(self, share: float) -> tuple[float, float]:
        return self.x1 + share * (self.x2 - self.x1), self.y1 + share * (self.y2 - self.y1)


def place_labels(labels: Sequence[Label], lines: Sequence[Segment]) -> list[tuple[float, float]]:
    """The middle of each label. The flattest lines choose first: they have the least room."""
    placed: dict[int, tuple[float, float]] = {}
    for number in sorted(range(len(labels)), key=lambda n: abs(labels[n].y2 - labels[n].y1)):
        label = labels[number]
        others = [line for line in lines if line != label[:4]]

        def cost(share: float, label: Label = label, others: list[Segment] = others) -> float:
            x, y = label.at(share)
            covered = sum(_overlap(x, y, label, *placed[other], labels[other]) for other in placed)
            crossed = sum(_crosses(x, y, label, line) for line in others)
            outside = not label.x1 + label.width / 2 < x < label.x2 - label.width / 2
            return 10 * covered + crossed + 5 * outside + abs(share - 0.5) / 10

        placed[number] = label.at(min(PLACES, key=cost))
    return [placed[number] for number in range(len(labels))]


def _overlap(x: float, y: float, a: Label, other_x: float, other_y: float, b: Label) -> bool:
    return abs(x - other_x) < (a.width + b.width) / 2 and abs(y - other_y) < (a.height + b.height) / 2


def _crosses(x: float, y: float, label: Label, line: Segment) -> bool:
    """Whether the line goes through the label, looked at from the left to the right edge of it."""
    x1, y1, x2, y2 = line
    left, right = max(x - label.width / 2, x1), min(x + label.width / 2, x2)
    if left > right or x1 == x2:
        return False
    slope = (y2 - y1) / (x2 - x1)
    ends = y1 + slope * (left - x1), y1 + slope * (right - x1)
    return min(ends) < y + label.height / 2 and max(ends) > y - label.height / 2


CHARACTER = 7.8  # the width of one, at most; the letters are 14 pixels high
ROW, PAD, GAP = 21, 11, 12
BETWEEN_ROWS, HEAD = 44, 44
MAX_LABELLED = 16  # edges between two columns that are labelled


def text_width(text: str) -> float:
    """About how wide a text is, in pixels."""
    return display_width(text) * CHARACTER


@dataclass(frozen=True, slots=True)
class Word:
    """`kind` is title, name, value, gradient or updated; a caption's word appears with its quantity.

    A matrix has a line a row, at the same x, each `ROW` below the one before.
    """

    x: float
    y: float
    text: str
    kind: str
    caption: Caption | None = None


@dataclass(slots=True)
class Card:
    cell: DrawnNode
    width: float
    height: float
    words: list[Word]
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """An edge from (x1, y1) to (x2, y2). `strength` from 0 to 1 is the size of its weight among all."""

    edge: DrawnEdge
    x1: float
    y1: float
    x2: float
    y2: float
    curved: bool
    arrow: bool
    strength: float = 0.0
    negative: bool = False
    label: tuple[Word, ...] = ()


class Places:
    """The picture of one layout: its cards by the ids of their cells, its lines, what stands above."""

    def __init__(self, solution: Solution, layout: Layout, style: Style) -> None:
        nodes = solution.graph.nodes
        self.solution, self.layout, self.style = solution, layout, style
        self._captions = Captions(solution, style)
        self._biases = {n: p for p, n in layout.weights.items() if p in nodes and len(nodes[p].shape) == 1}
        self._network = bool(layout.weights)
        self.width = self.height = 0.0
        self.titles: list[Word] = []
        self.lines: list[DrawnLine] = []
        self.cards = {cell.id: self._card(cell) for cell in layout.cells}
        self._entries = self._labelled()
        self._put_cards()
        self._put_lines()

    def _card(self, cell: DrawnNode) -> Card:
        entries = self._captions.of_cell(cell, self._biases)
        if not entries:
            width = display_width(cell.label) * CHARACTER + 2 * PAD if cell.kind != "pass" else 20.0
            words = [Word(width / 2, ROW, cell.label, "more")] if cell.kind != "pass" else []
            return Card(cell, width, ROW + PAD, words)
        computed = cell.kind in ("op", "loss") and cell.label != quantity_text(entries[0].name, self.style)
        single = len(entries) == 1 and not computed
        heading = cell.label.partition(" ")[0]
        rows = [(heading if single else quantity_text(e.name, self.style), e) for e in entries]
        if computed and len(entries) == 1:
            rows = [("", entries[0])]  # the formula above begins with the name
        head = 0 if single else ROW
        if not self._network and any(c and c.element is None for _, e in rows for _, c in _captions(e)):
            rows = [part for name, entry in rows for part in _below_one_another(name, entry)]
        ends = _column_ends(rows)
        title = 0 if single else text_width(cell.label)
        width = max(title, *ends) + 2 * PAD
        words = [] if single else [Word(PAD, ROW, cell.label, "title")]
        height = head
        for name, entry in rows:
            words += _row(name, entry, ends, height + ROW)
            height += ROW * max(1 + _shown(kind, caption).count("\n") for kind, caption in _captions(entry))
        return Card(cell, width, height + PAD, words)

    def _put_cards(self) -> None:
        columns: dict[int, list[Card]] = {}
        for card in self.cards.values():
            columns.setdefault(card.cell.column, []).append(card)
        head = HEAD if any(self.layout.titles) else PAD
        tallest = max(sum(c.height + BETWEEN_ROWS for c in cards) for cards in columns.values())
        x = float(PAD)
        for column, cards in sorted(columns.items()):
            width = max(card.width for card in cards)
            x += self._gap(column) if column else 0
            spare = (tallest - sum(card.height for card in cards)) / len(cards)
            y = head + spare / 2
            for card in sorted(cards, key=lambda card: card.cell.row):
                card.x, card.y, card.width = x, y, width
                y += card.height + spare
            if column < len(self.layout.titles):
                self.titles.append(Word(x + width / 2, HEAD - ROW + 2, self.layout.titles[column], "heading"))
            x += width
        self.width, self.height = x + PAD, head + tallest + PAD

    def _gap(self, column: int) -> float:
        """The room before a column: for labels side by side where the edges have some."""
        into = [edge for edge in self.layout.edges if self.cards[edge.target].cell.column == column]
        labels = [_label_size(entry)[0] for edge in into if (entry := self._entries[edge])]
        return 38 + 20 * (len(into) > 2) + (max(labels) * (1.6 + len(labels) / 8) if labels else 0)

    def _put_lines(self) -> None:
        entries = self._entries
        largest: dict[str, float] = {}
        for edge in entries:
            largest[edge.bundle] = max(largest.get(edge.bundle, 0), abs(self._weight(edge)))
        bare = [self._line(edge, self._weight(edge), largest[edge.bundle]) for edge in entries]
        wanted = [(line, entry) for line in bare if (entry := entries[line.edge])]
        labels = place_labels(
            [Label(line.x1, line.y1, line.x2, line.y2, *_label_size(entry)) for line, entry in wanted],
            [(line.x1, line.y1, line.x2, line.y2) for line in bare],
        )
        words = {
            line.edge: _label_words(entry, *at) for (line, entry), at in zip(wanted, labels, strict=True)
        }
        self.lines = [replace(line, label=words.get(line.edge, ())) for line in bare]

    def _labelled(self) -> dict[DrawnEdge, NodeCaptions | None]:
        """Each edge with what its label says; None where it has no weight, or too many are side by side."""
        cells = {cell.id: cell for cell in self.layout.cells}
        into = Counter(cells[edge.target].column for edge in self.layout.edges)
        return {
            edge: self._captions.of_edge(edge, cells)
            if into[cells[edge.target].column] <= MAX_LABELLED
            else None
            for edge in self.layout.edges
        }

    def _weight(self, edge: DrawnEdge) -> float:
        source, target = self.cards[edge.source].cell.unit, self.cards[edge.target].cell.unit
        if not edge.label or source is None or target is None:
            return 0.0
        return float(self.solution.value(edge.bundle)[target, source])

    def _line(self, edge: DrawnEdge, weight: float, largest: float) -> DrawnLine:
        source, target = self.cards[edge.source], self.cards[edge.target]
        passing = source.cell.kind == "pass"
        return DrawnLine(
            edge,
            source.x if passing else source.x + source.width,
            source.y + source.height / 2,
            target.x,
            target.y + target.height / 2,
            curved=not self._network,
            arrow=target.cell.kind != "pass",
            strength=abs(weight) / largest if largest else 0.0,
            negative=weight < 0,
        )


def _below_one_another(name: str, entry: NodeCaptions) -> list[tuple[str, NodeCaptions]]:
    """The captions of an entry, each in a row of its own."""
    value, gradient, updated = entry.value, entry.gradient, entry.updated
    rows = [(name, NodeCaptions(name, value, None))]
    rows += [("", NodeCaptions(name, None, gradient))] if gradient else []
    return rows + ([("", NodeCaptions(name, None, None, updated))] if updated else [])


def _column_ends(rows: Iterable[tuple[str, NodeCaptions]]) -> list[float]:
    """Where the columns of a card end: names, values, gradients, updated values."""
    widths = [0.0, 0.0, 0.0, 0.0]
    for name, entry in rows:
        texts = [name, *(_shown(kind, caption) for kind, caption in _captions(entry))]
        for column, text in enumerate(texts):
            wide = max(map(display_width, text.split("\n")))
            widths[column] = max(widths[column], wide * CHARACTER)
    if all(sum(caption is not None for _, caption in _captions(entry)) == 1 for _, entry in rows):
        return [widths[0], *[widths[0] + GAP + max(widths[1:])] * 3]
    ends, x = [], 0.0
    for width in widths:
        x += width + (GAP if x and width else 0)
        ends.append(x)
    return ends


def _captions(entry: NodeCaptions) -> list[tuple[str, Caption | None]]:
    return [("value", entry.value), ("gradient", entry.gradient), ("updated", entry.updated)]


def _shown(kind: str, caption: Caption | None) -> str:
    """The text with the sign that tells its kind apart without colour, the rows of a matrix as lines."""
    return {"value": "", "gradient": "∂ ", "updated": "→ "}[kind] + "\n".join(caption.rows) if caption else ""


def _row(name: str, entry: NodeCaptions, ends: list[float], y: float) -> list[Word]:
    """The words of one row, numbers ending in their columns."""
    words = [Word(PAD, y, name, "name")]
    for (kind, caption), end in zip(_captions(entry), ends[1:], strict=True):
        if caption:
            words.append(Word(PAD + end, y, _shown(kind, caption), kind, caption))
    return words


def _label_size(entry: NodeCaptions) -> tuple[float, float]:
    texts = [_shown(kind, caption) for kind, caption in _captions(entry) if caption]
    return max(map(display_width, texts)) * CHARACTER * 0.9 + 6, len(texts) * 15 + 2


def _label_words(entry: NodeCaptions, x: float, y: float) -> tuple[Word, ...]:
    captions = [(kind, caption) for kind, caption in _captions(entry) if caption]
    top = y - (len(captions) * 15) / 2 + 12
    return tuple(
        Word(x, top + 15 * row, _shown(kind, caption), kind, caption)
        for row, (kind, caption) in enumerate(captions)
    )
