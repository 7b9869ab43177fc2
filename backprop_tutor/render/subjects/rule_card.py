"""A rule card as blocks, and the list of all rules."""

from collections.abc import Iterator, Mapping, Sequence

from backprop_tutor.language import Call, Expr, Style, Sym, to_text
from backprop_tutor.render.blocks import (
    Block,
    Column,
    Derivation,
    Drawing,
    Heading,
    Line,
    Maths,
    Prose,
    Reasoned,
    Row,
    Table,
    Words,
    cell,
)
from backprop_tutor.render.pictures.plot import LABELS, plot
from backprop_tutor.walkthrough.rule_card import RuleCard, RuleLine

__all__ = ["card_blocks", "list_blocks"]

WIDEST = 60
HEIGHT = 6
_X = Sym("x")


def list_blocks(names: Mapping[str, str]) -> Iterator[Block]:
    """Every rule and its title."""
    rows = (Row((cell(name), cell(title)), cell(f"rule: {name}, {title}")) for name, title in names.items())
    columns = Column(cell("rule"), "asked"), Column(cell("what it is"))
    yield Heading(cell("Rules")[0], facts=cell("Rules:"))
    yield Table(columns, tuple(rows), borders=False)
    yield Prose((Words("Show one with: backprop-tutor explain --rule NAME"),))


def card_blocks(card: RuleCard, style: Style) -> Iterator[Block]:
    """What the rule says, its function and its slope as pictures, and how it follows from other rules.

    `style` is upright: there is one variable only.
    """
    yield Heading(cell(card.title[0].upper() + card.title[1:])[0], facts=cell(f"rule: {card.title}"))
    yield _says(card)
    if card.op:
        yield from _curves(card, style)
    for derived in card.derivations:
        start = derived.lines[0].right
        facts = cell(f"derivation: {derived.title}") + cell("line: ", Maths(start))
        yield Heading(cell(derived.title)[0], 3, facts=facts)
        yield Derivation(start, tuple(map(_reasoned, derived.lines[1:])))


def _says(card: RuleCard) -> Table:
    mark = {True: cell("✓"), False: ()}
    rows = [
        Row(
            (cell("formula"), cell(Maths(_whole(equation))), mark[bool(equation.verified)]),
            ((Words("formula: "), Maths(_whole(equation)), *_mark(equation)),),
        )
        for equation in card.equations
    ]
    for word, words in (("why", card.says), ("where", card.where)):
        rows += [Row((cell(word), cell(words), ()), cell(f"{word}: {words}"))] if words else []
    columns = [Column((), "quiet"), Column(()), Column((), "mark", quiet=True)]
    if not any(equation.verified for equation in card.equations):
        columns, rows = columns[:2], [row._replace(cells=row.cells[:2]) for row in rows]
    return Table(tuple(columns), tuple(rows))


def _whole(equation: RuleLine) -> Expr:
    return equation.right if equation.left is None else Call("eq", (equation.left, equation.right))


def _mark(equation: RuleLine) -> Line:
    return (Words("  ✓", "mark"),) if equation.verified else ()


def _reasoned(line: RuleLine) -> Reasoned:
    fact = (Words("line: "), Maths(line.right), Words(f", by: {line.rule}"), *_mark(line))
    return Reasoned(line.right, (Words(line.rule), *_mark(line)), line.verified, facts=(fact,))


def _curves(card: RuleCard, style: Style) -> Iterator[Drawing]:
    assert card.op
    names = Call(card.op.name, (_X,)), Call(f"{card.op.name}'", (_X,))
    for place, name in enumerate(names, 1):

        def lines(width: int, place: int = place, name: Expr = name) -> Sequence[Line]:
            room = min(width, WIDEST) - LABELS
            curves = card.curves(4 * room)
            drawn = plot(
                curves[0].tolist(), curves[place].tolist(), room, HEIGHT, unicode=style.glyphs.scripts
            )
            return [(), *((Words(line),) for line in [" " * LABELS + to_text(name, style), *drawn])]

        yield Drawing(lines)
