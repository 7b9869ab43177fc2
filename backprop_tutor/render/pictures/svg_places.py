"""Where everything lies in a picture of a graph, in pixels: cards, the words on them, lines, labels."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backprop_tutor.language import Style, display_width
from backprop_tutor.render.pictures.captions import Caption, Captions, NodeCaptions
from backprop_tutor.render.pictures.layout import DrawnEdge, DrawnNode, Layout
from backprop_tutor.render.pictures.layout_list import tracks
from backprop_tutor.render.pictures.svg_labels import Label, place_labels
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution

__all__ = ["ROW", "Card", "DrawnLine", "Places", "Word", "natural_width"]

CHARACTER = 7.8  # the width of one, at most; the letters are 14 pixels high
WIDTHS = {3.9: ".,:;'|Iijl[]/", 4.8: "-()rtf", 5.6: "⟨⟩·", 8.4: "+=<>×→∂"}  # of narrow and wide letters
ROW, PAD, GAP = 21, 11, 12
BETWEEN_ROWS, HEAD = 44, 44
TRACK, BETWEEN_LISTED = 14, 8
MAX_LABELLED = 16  # edges between two columns that are labelled


def text_width(text: str) -> float:
    """How wide a text is at most, in pixels."""
    return display_width(text) * CHARACTER


def natural_width(text: str) -> float:
    """About how wide a text is in the usual letters."""
    return min(sum(next((w for w, some in WIDTHS.items() if c in some), 7.6) for c in text), text_width(text))


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
    """An edge from (x1, y1) to (x2, y2), around the corners `by`. `strength` from 0 to 1 is the size of its
    weight among all."""

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
    by: tuple[tuple[float, float], ...] = ()

    @property
    def bends(self) -> float:
        """Where a curved line leaves the straight that it begins with."""
        return self.by[-1][0] if self.by else self.x1


class Places:
    """The picture of one layout: its cards by the ids of their cells, its lines, what stands above."""

    def __init__(self, solution: Solution, layout: Layout, style: Style, *, narrow: bool = False) -> None:
        """A `narrow` one has gradients below values rather than beside them."""
        self.narrow = narrow
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
        if layout.is_list:
            self._put_list()
        else:
            self._put_cards()
            self._put_lines()
            self._put_loops()

    def _card(self, cell: DrawnNode) -> Card:
        entries = () if self.layout.schematic else self._captions.of_cell(cell, self._biases)
        if self.layout.schematic and cell.kind != "pass":
            lines = [cell.label, *cell.under]
            width = max(map(text_width, lines)) + 2 * PAD
            kinds = ["sign", *["weights"] * len(cell.under)]
            words = [
                Word(width / 2, ROW * (n + 1), line, kind)
                for n, (line, kind) in enumerate(zip(lines, kinds, strict=True))
            ]
            return Card(cell, width, ROW * len(lines) + PAD, words)
        if not entries:
            width = display_width(cell.label) * CHARACTER + 2 * PAD if cell.kind != "pass" else 20.0
            words = [Word(width / 2, ROW, cell.label, "more")] if cell.kind != "pass" else []
            return Card(cell, width, ROW + PAD, words)
        computed = cell.kind in ("op", "loss") and cell.label != quantity_text(entries[0].name, self.style)
        single = len(entries) == 1 and not computed
        titled = not single and (cell.unit is not None or len(entries) == 1)
        heading = cell.label.partition(" ")[0]
        rows = [(heading if single else quantity_text(e.name, self.style), e) for e in entries]
        if computed and len(entries) == 1:
            rows = [("", entries[0])]  # the formula above begins with the name
        head = ROW if titled else 0
        several = any(c and c.element is None for _, e in rows for _, c in _captions(e))
        if self.narrow or (several and not self._network):
            rows = [part for name, entry in rows for part in _below_one_another(name, entry)]
        ends = _column_ends(rows)
        title = text_width(cell.label) if titled else 0
        width = max(title, *ends) + 2 * PAD
        words = [Word(PAD, ROW, cell.label, "title")] if titled else []
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
        x = float(PAD + TRACK * len(self.layout.loops))
        for column, cards in sorted(columns.items()):
            width = max(card.width for card in cards)
            x += self._gap(column) if column else 0
            spare = (tallest - sum(card.height for card in cards)) / len(cards)
            y = head + spare / 2
            for card in sorted(cards, key=lambda card: card.cell.row):
                card.x, card.y = x, y
                if self.layout.schematic and card.cell.kind != "pass":
                    card.x += (width - card.width) / 2
                else:
                    card.width = width
                y += card.height + spare
            if column < len(self.layout.titles):
                self.titles.append(Word(x + width / 2, HEAD - ROW + 2, self.layout.titles[column], "heading"))
            x += width
        self.width, self.height = x + PAD, head + tallest + PAD

    def _put_list(self) -> None:
        """Cards below one another; a line runs down on its own track beside them, the shortest nearest."""
        track, top = tracks(self.layout), float(PAD)
        left = PAD + TRACK * (1 + max(track.values()))
        width = max(card.width for card in self.cards.values())
        for card in self.cards.values():
            card.x, card.y, card.width = left, top, width
            top += card.height + BETWEEN_LISTED
        for edge in self.layout.edges:
            source, target = self.cards[edge.source], self.cards[edge.target]
            x, out, into = PAD + TRACK * track[edge.source], source.height - PAD, target.height / 2
            self.lines.append(
                DrawnLine(
                    edge, left, source.y + out, left, target.y + into - 3, curved=False, arrow=True,
                    by=((x, source.y + out), (x, target.y + into - 3)),
                )
            )  # fmt: skip
        self.width, self.height = left + width + PAD, top - BETWEEN_LISTED + PAD

    def _put_loops(self) -> None:
        """Lines below everything from a card back to one further left, the first one outermost."""
        for number, (start, end) in enumerate(self.layout.loops):
            source, target = self.cards[start], self.cards[end]
            room = TRACK * (len(self.layout.loops) - number)
            bottom, left, x = self.height + room - PAD, target.x - room, source.x + source.width / 2
            back = target.y + target.height / 2
            by = ((x, bottom), (left, bottom), (left, back))
            edge, below = DrawnEdge(start, end, start), source.y + source.height
            self.lines.append(DrawnLine(edge, x, below, target.x, back, curved=False, arrow=True, by=by))
        self.height += TRACK * len(self.layout.loops)

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
        end, y = source.x + source.width, source.y + source.height / 2
        return DrawnLine(
            edge,
            source.x if passing else end,
            y,
            target.x,
            target.y + target.height / 2,
            curved=not self._network,
            arrow=target.cell.kind != "pass",
            strength=abs(weight) / largest if largest else 0.0,
            negative=weight < 0,
            by=((end, y),) if passing else (),  # straight through the column
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
