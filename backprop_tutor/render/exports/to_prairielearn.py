"""`--to prairielearn`: the folder of a question, whose `server.py` draws versions and marks them."""

import json
from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from backprop_tutor.errors import UsageError
from backprop_tutor.exercise.decode import MAX_BYTES
from backprop_tutor.exercise.rewrite import array_files
from backprop_tutor.exercise.yaml_reader import read
from backprop_tutor.files import read_bytes
from backprop_tutor.grading.checking import Checker
from backprop_tutor.render.document import Document
from backprop_tutor.render.prairielearn import EXERCISE, answer_names

__all__ = ["PrairieLearnExport"]

MAX_ARRAYS = 1 << 28
SERVER = '''\
"""Draws a version for each variant, and marks it: an earlier slip is paid for once.

The Python of this course needs the package backprop-tutor.
"""

from backprop_tutor.render.prairielearn import generate, grade

__all__ = ["generate", "grade"]
'''


class PrairieLearnExport:
    """`info.json`, `question.html`, `server.py` and the exercise. It is the server that draws versions, so
    none are wanted here. Raises UsageError for several, and for an exercise that is in no file."""

    def content(self, versions: Sequence[Document]) -> Mapping[str, str | bytes]:
        document = versions[0]
        exercise = document.solution.exercise
        if len(versions) > 1 or exercise.variant:
            raise UsageError("a PrairieLearn question draws its versions itself.", hint="Leave out --count.")
        if exercise.path is None:
            raise UsageError("only an exercise that was read from a file becomes a question.")
        source = read_bytes(exercise.path, MAX_BYTES)
        files: dict[str, str | bytes] = {
            "info.json": _info(document),
            "question.html": _question(Checker(document.solution)),
            "server.py": SERVER,
            EXERCISE: source,
        }
        for name in array_files(read(source)):
            files[name.as_posix()] = read_bytes(exercise.path.parent / name, MAX_ARRAYS)
        return files


def _info(document: Document) -> str:
    exercise = document.solution.exercise
    info = {
        "uuid": str(uuid5(NAMESPACE_URL, f"backprop-tutor:{exercise.name}:{exercise.title}")),
        "title": exercise.title,
        "topic": "Backpropagation",
        "tags": list(dict.fromkeys(exercise.topics)),
        "type": "v3",
        "partialCredit": True,
    }
    return json.dumps(info, ensure_ascii=False, indent=2) + "\n"


def _question(checker: Checker) -> str:
    """The task, and a place for each number, whose name a version gives."""
    places = "\n".join(
        f'  <pl-string-input answers-name="{name}" label="{{{{params.{name}}}}} =" '
        'allow-blank="true" remove-leading-trailing="true" display="block" show-help-text="false">'
        "</pl-string-input>"
        for name, _ in answer_names(checker)
    )
    return f"""<pl-question-panel>
  {{{{{{params.statement}}}}}}
{places}
</pl-question-panel>

<pl-submission-panel>
  {{{{{{feedback.report}}}}}}
</pl-submission-panel>
"""
