"""Every painter shows every block there is, and loses none of its words."""

from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import get_args

import pytest
from on_screen import screen

from backprop_tutor import load, solve
from backprop_tutor.language import Num, Sym
from backprop_tutor.render.blocks import (
    Block,
    Derivation,
    Facts,
    Heading,
    Listing,
    Progress,
    Prose,
    Reasoned,
    Row,
    Table,
    Words,
    WorkedStep,
    cell,
    still,
)
from backprop_tutor.render.blocks import Column as TableColumn
from backprop_tutor.render.document import Document
from backprop_tutor.render.painters.html import HtmlPainter
from backprop_tutor.render.painters.latex import LatexPainter
from backprop_tutor.render.painters.markdown import MarkdownPainter
from backprop_tutor.render.painters.plain import PlainPainter
from backprop_tutor.render.screen_style import style_for

STYLE = style_for("utf-8")
STEP = next(b for b in Document(solve(load("exercise1"))).blocks() if isinstance(b, WorkedStep) and b.formula)
assert STEP.formula
MARKED = (Words("marked"),)
BLOCKS: list[Block] = [
    Heading(MARKED),
    Heading(MARKED, 3),
    Prose(MARKED),
    Facts((MARKED, MARKED)),
    Listing((MARKED, MARKED)),
    Progress(MARKED, 1, 2, (Words("half"),)),
    STEP.formula,
    Table((TableColumn(cell("marked")),), (Row((cell("marked"),)),)),
    still([MARKED]),
    STEP,
    Derivation(Sym("marked"), (Reasoned(Num("2"), (Words("rule"),), True),)),
]
PAINTERS: dict[str, Callable[[Iterable[Block]], Iterator[str]]] = {
    "html": HtmlPainter(STYLE).paint,
    "latex": LatexPainter(STYLE).paint,
    "markdown": MarkdownPainter(STYLE).paint,
    "terminal": lambda blocks: iter([screen(blocks, STYLE, 80)]),
}


def said(block: Block) -> str:
    return "net" if isinstance(block, WorkedStep) or block is STEP.formula else "marked"


def test_no_kind_of_block_is_forgotten() -> None:
    assert {type(block) for block in BLOCKS} == set(get_args(Block))


@pytest.mark.parametrize("name", PAINTERS)
def test_every_painter_shows_every_block(name: str) -> None:
    for block in BLOCKS:
        # LaTeX writes the title of a section with what follows it
        shown = unescape("\n".join(PAINTERS[name]([block, Prose((Words("after"),))])))
        letters = "".join(filter(str.isalnum, shown))
        assert said(block) in letters, block


def test_line_by_line_everything_is_said_but_drawings() -> None:
    for block in BLOCKS:
        shown = "\n".join(PlainPainter(STYLE).paint([block]))
        assert (said(block) in shown) == (type(block) is not type(BLOCKS[8])), block
