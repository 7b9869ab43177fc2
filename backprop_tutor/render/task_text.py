"""The task of an exercise in the letters of a notation: an author writes it in the program's own names."""

import re
from collections.abc import Callable, Iterator

from backprop_tutor.exercise.model import Exercise
from backprop_tutor.language import Style, Sym, to_text
from backprop_tutor.language.style import plain_names

__all__ = ["task_lines"]

NAME = re.compile(
    r"(?<![\w'’.])(?:d(?P<of>[A-Za-z]\w*)/d(?P<by>[A-Za-z]\w*)|(?P<name>[A-Za-z]\w*))(?![\w'’])|(?<=\d)N\b"
)
BARE = ("net",)  # a letter of a layer that is left open
LETTERS = ("N",)


def task_lines(exercise: Exercise, style: Style) -> Iterator[str]:
    """The paragraphs of its description."""
    retold = _retelling(exercise, style)
    yield from map(retold, exercise.description.splitlines())


def _retelling(exercise: Exercise, style: Style) -> Callable[[str], str]:
    if exercise.layers is None or style.names is plain_names:  # the names are the author's
        return str
    names = {*exercise.graph.nodes, *LETTERS}

    def written(found: re.Match[str]) -> str:
        name, of, by = found["name"] or found[0], found["of"], found["by"]  # 2N is no name, its N is
        if name in BARE:
            return style.names(Sym(f"{name}1")).base
        if name in names:
            return to_text(Sym(name), style)
        return to_text(Sym(found[0]), style) if of in names and by in names else found[0]

    return lambda text: NAME.sub(written, text)
