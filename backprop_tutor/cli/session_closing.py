"""What is said when a session ends: J before and after the update, certain slips, what to do next."""

import shlex
from math import isfinite

from backprop_tutor.course.course import shipped_course
from backprop_tutor.exercise.catalogue import entries
from backprop_tutor.tutor.advice import advice, title
from backprop_tutor.tutor.progress import by_exercise, next_exercise
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.session_keeper import Keeper
from backprop_tutor.tutor.state import State
from backprop_tutor.tutor.summary import summarize

__all__ = ["closing"]

MOST_SLIPS = 3


def closing(steps: Steps, state: State, keeper: Keeper) -> list[tuple[str, str]]:
    """Titles, each with a sentence or two; all of them few enough for one screen."""
    exercise = steps.solution.exercise
    name = exercise.name if exercise.path is None or keeper.key == exercise.name else str(exercise.path)
    whole = shlex.join(["backprop-tutor", "run", name])
    again = shlex.join(["backprop-tutor", "run", name, *keeper.options])
    if state.left:
        return [("Saved", f"Go on with: {again}")]
    sentences = _update(steps)
    met = summarize(state).misconceptions
    if met:
        said = [f"{title(slip)}{f' ({times} times)' if times > 1 else ''}" for slip, times in met.items()]
        sentences.append(("Slips", f"{'; '.join(said[:MOST_SLIPS])}."))
        sentences.append(("To practise", f"{advice(next(iter(met)))[0]}\nbackprop-tutor practice".strip()))
    if not state.is_complete:
        sentences.append(("Not all is answered yet", f"The open questions are asked again by\n{again}"))
    elif not keeper.whole:
        sentences.append(("The whole exercise", whole))
    in_order = shipped_course().ordered(entries())
    following = next_exercise(in_order, by_exercise(keeper.store.sessions()), exercise.name)
    if following:
        run = f"backprop-tutor run {shlex.quote(following.name)}"
        sentences.append(("Next", f"{following.title}\n{run}"))
    return sentences


def _update(steps: Steps) -> list[tuple[str, str]]:
    """The loss before the updates and after them, where there are any."""
    solution = steps.solution
    if solution.rate is None:
        return []
    loss, updates = solution.graph.loss, solution.updates
    before, after = solution.loss, float(solution.at(updates + 1).values[loss])
    if not isfinite(after):
        return []
    numbers = [steps.workings.text(number, None) for number in (before, after)]
    times = "the update" if updates == 1 else f"{updates} updates"
    how = "smaller" if after < before else "larger" if after > before else "the same"
    return [(steps.quantity(loss), f"{numbers[0]} before {times}, {numbers[1]} after: {how}.")]
