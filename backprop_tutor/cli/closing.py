"""What is said when a session ends: misconceptions met, where to read on, how to resume, what is next."""

import shlex

from backprop_tutor.exercise.catalogue import entries
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.keeping import Keeper
from backprop_tutor.tutor.progress import by_exercise, next_exercise
from backprop_tutor.tutor.state import State
from backprop_tutor.tutor.summary import summarize

__all__ = ["closing"]


def closing(exercise: Exercise, state: State, keeper: Keeper) -> list[tuple[str, str]]:
    """Titles, each with a sentence or two."""
    name = exercise.name if exercise.path is None or keeper.key == exercise.name else str(exercise.path)
    whole = shlex.join(["backprop-tutor", "run", name])
    again = shlex.join(["backprop-tutor", "run", name, *keeper.options])
    if state.left:
        return [("Saved.", f"Go on with: {again}")]
    sentences = []
    summary = summarize(state)
    for misconception, times in summary.misconceptions.items():
        said, rule = advice(misconception)
        met = f" (met {times} times)" if times > 1 else ""
        read_on = f"Read on: backprop-tutor explain --rule {rule}" if rule else ""
        head = title(misconception)
        sentences.append((f"{head[0].upper()}{head[1:]}{met}", f"{said}\n{read_on}".strip()))
    if summary.possible:
        sentences.append(("Possibly", "; ".join(map(title, summary.possible))))
    if not state.is_complete:
        sentences.append(("Not all is answered yet.", f"The open questions are asked again by:\n{again}"))
    elif not keeper.whole:
        sentences.append(("The whole exercise", whole))
    following = next_exercise(entries(), by_exercise(keeper.store.sessions()), exercise.name)
    if following:
        sentences.append(("Next", f"{following.title}\nbackprop-tutor run {shlex.quote(following.name)}"))
    return sentences
