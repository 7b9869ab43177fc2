"""`.json`: what `solve --json` prints."""

from backprop_tutor.errors import UsageError
from backprop_tutor.render.document import Document
from backprop_tutor.render.solution_json import solution_json

__all__ = ["JsonExport"]


class JsonExport:
    """What `solve --json` prints."""

    def text(self, document: Document) -> str:
        if document.blank:
            raise UsageError("a .json file holds the values: it cannot be blank.", hint="Use sheet instead.")
        solution, selection = document.solution, document.selection
        return solution_json(solution, selection, document.precision, document.progress) + "\n"
