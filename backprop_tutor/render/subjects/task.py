"""The task as blocks: what every sheet and every blank page states before it asks."""

from collections.abc import Iterable, Iterator

from backprop_tutor.grading.selection import asked
from backprop_tutor.language import Call, Lettering, Sym
from backprop_tutor.render.blocks import Block, Facts, Heading, Line, Listing, Maths, Prose, Words, cell
from backprop_tutor.render.equations import matrices
from backprop_tutor.walkthrough import Solution, Workings
from backprop_tutor.walkthrough.stated_task import Said, StatedTask

__all__ = ["ON_PAPER", "TaskBlocks"]

ON_PAPER = "Answer with a number or a fraction such as -1/2."
SHOWN = 1_000  # numbers of an array that a sheet lists


class TaskBlocks:
    """Makes blocks of what a solution's exercise states; no value is in them that it does not give."""

    def __init__(self, solution: Solution, lettering: Lettering) -> None:
        self.solution, self.exercise = solution, solution.exercise
        self.workings = Workings(solution, lettering=lettering)
        self.task = StatedTask(solution, lettering, (one.quantity for one in asked(solution)))

    def heading(self) -> Iterator[Block]:
        """The title and the author's words."""
        yield Heading(cell(self.exercise.title)[0], 1, "exercise")
        for paragraph in self.exercise.description.splitlines():
            yield Prose((Words(paragraph),), "task")

    def statement(self, *, by_element: bool = True, counting: bool = True, how: str = "") -> Iterator[Block]:
        """What is given, every formula and what it means, how weights are updated, by which conventions and
        with how many digits; what the names of elements mean, where those are asked; from where elements and
        axes are counted, unless that is said elsewhere; and `how` to answer."""
        yield Facts(tuple(self._given()))
        yield from _listed(self.task.equations())
        layout = self.task.layout(by_element=by_element, counting=counting)
        yield from _listed((*self.task.meanings(), *layout))
        yield from _listed(self.task.update())
        for sentence in filter(None, (*self.solution.conventions, self.exercise.rounding, how)):
            yield Prose((Words(sentence),), "note")

    def _given(self) -> Iterator[Line]:
        """Every leaf with its numbers; of a large one how many they are."""
        for node in self.solution.graph.nodes.values():
            if node.role in ("given", "parameter"):
                if node.size > SHOWN:
                    sizes = "×".join(map(str, node.shape))
                    yield Maths(Sym(node.name)), Words(f": {sizes} numbers, those of the exercise's file")
                    continue
                for pair in matrices(node, self.workings.given(node.name)):
                    yield (Maths(Call("eq", pair)),)


def _listed(lines: Iterable[Said]) -> Iterator[Block]:
    found = tuple(
        tuple(Words(piece) if isinstance(piece, str) else Maths(piece) for piece in line) for line in lines
    )
    if found:
        yield Listing(found)
