"""`x.ipynb --to torch`: the steps of the exercise, each beside the PyTorch that computes the same numbers."""

from collections.abc import Iterator
from typing import Any

from backprop_tutor.errors import UsageError
from backprop_tutor.language.expr import name_of
from backprop_tutor.language.identifiers import identifier
from backprop_tutor.render.blocks import Block, WorkedStep
from backprop_tutor.render.code.torch_program import TorchProgram
from backprop_tutor.render.confirmations import Checks
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_ipynb import code_cell, every_view, markdown_cell, notebook, painter_of

__all__ = ["TorchNotebook"]


class TorchNotebook:
    """Raises UsageError for a blank one, and for an exercise that is too large to read."""

    def text(self, document: Document) -> str:
        if document.blank:
            raise UsageError(
                "this notebook holds the values: it cannot be blank.", hint="Leave out --to torch."
            )
        return notebook(_cells(document))


def _cells(document: Document) -> Iterator[dict[str, Any]]:
    """Under the steps as they are worked out on paper stands the code of all of them."""
    painter, steps = painter_of(document), _steps(document)
    yield markdown_cell("\n\n".join(painter.paint(document.makes.heading())))
    for part in TorchProgram(document.solution).parts:
        shown = [block for name in part.quantities for block in steps.get(name, [])]
        heads = [f"## {part.title}"] if part.title else []
        if heads or shown:
            yield markdown_cell("\n\n".join([*heads, *painter.paint(shown)]))
        results = ", ".join(map(identifier, part.quantities))
        yield code_cell(f"{part.code}\n{results}" if results else part.code)


def _steps(document: Document) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = {}
    for block in document.makes.steps(every_view(document), Checks()):
        if isinstance(block, WorkedStep):
            found[name_of(block.quantity.expr)] = [block]
    return found
