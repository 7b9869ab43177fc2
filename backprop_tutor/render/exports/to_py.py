"""`.py`: a program of plain NumPy that computes every step and compares it, as the cells of a notebook do."""

from backprop_tutor.errors import UsageError
from backprop_tutor.render.code.notebook_code import StepCode
from backprop_tutor.render.code.torch_program import MAX_NUMBERS
from backprop_tutor.render.document import Document
from backprop_tutor.render.exports.to_ipynb import comparison_code, data_code, every_view, imports_code

__all__ = ["NumpyExport"]


class NumpyExport:
    """Raises UsageError for a blank one, and for an exercise that is too large to read."""

    def text(self, document: Document) -> str:
        solution = document.solution
        if document.blank:
            raise UsageError("this program holds the values: it cannot be blank.", hint="See `code` instead.")
        if solution.graph.size > MAX_NUMBERS:
            what = f"this exercise holds more than {MAX_NUMBERS:,} numbers, too many for a program to read."
            raise UsageError(what, hint="Export .json instead.")
        steps = [found.step for found in every_view(document)]
        codes = StepCode(solution)
        lines = [codes.of(step) for step in steps]  # first: it says which functions are needed
        title = solution.exercise.title.replace("\\", "").replace('"', "'")
        return (
            "\n".join(
                [
                    f'"""{title}: in NumPy."""\n',
                    imports_code(codes, lines),
                    "\n# Given" if not codes.functions else "\n\n# Given",
                    data_code(solution),
                    "\n# Step by step",
                    *lines,
                    "\n# Every value of the exercise, worked out by other code",
                    comparison_code(solution, steps),
                ]
            )
            + "\n"
        )
