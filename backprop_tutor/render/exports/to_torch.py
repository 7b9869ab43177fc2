"""`--to torch`: the exercise as a short program of PyTorch, which asserts every value of it."""

from backprop_tutor.errors import UsageError
from backprop_tutor.render.code.torch_program import TorchProgram
from backprop_tutor.render.document import Document

__all__ = ["TorchExport"]


class TorchExport:
    """A `.py`. Raises UsageError for a blank one, and for an exercise that is too large to read."""

    def text(self, document: Document) -> str:
        if document.blank:
            raise UsageError("this program holds the values: it cannot be blank.", hint="See `code` instead.")
        title = document.solution.exercise.title.replace("\\", "").replace('"', "'")
        first, *parts = TorchProgram(document.solution).parts
        blocks = [f'"""{title}: in PyTorch."""\n\n{first.code}' + "\n" * ("def " in first.code)]
        blocks += [f"# {part.title}\n{part.code}" for part in parts]
        return "\n\n".join(blocks) + "\n"
