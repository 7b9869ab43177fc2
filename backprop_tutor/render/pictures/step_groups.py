"""The steps of a recurrence as a graph has them: what each step computes, and what goes from step to step."""

from collections import defaultdict
from functools import cached_property

from backprop_tutor.engine.graph import Graph, Node
from backprop_tutor.language.step_index import split_step

__all__ = ["StepGroups", "step_number"]


def step_number(name: str) -> int | None:
    """The number of the step in a name."""
    step = split_step(name)[1]
    return int(step) if step.lstrip("-").isdigit() else None


class StepGroups:
    """`steps` are the names of what each step computes, by its number, in order; none where the graph has no
    recurrence, or several that do not go the same way. `home` is the step of each, and of parts of formulas.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph.folded
        self.used = graph.upstream(graph.loss)
        computed = [
            node
            for node in self.graph.nodes.values()
            if node.op and node.name in self.used and not graph.is_data(node.name)
        ]
        self.home = {node.name: n for node in computed if (n := step_number(node.name)) is not None}
        self._others = [node for node in computed if node.name not in self.home]
        found: dict[int, list[str]] = defaultdict(list)
        for name, number in self.home.items():
            if graph.is_named(name):
                found[number].append(name)
        self.steps = dict(sorted(found.items())) if self.carried and self._goes_one_way() else {}

    def __bool__(self) -> bool:
        return len(self.steps) > 1

    @cached_property
    def carried(self) -> list[str]:
        """What one step makes and the next one uses, without its step: h and c, in the order of the graph."""
        found: dict[str, None] = {}
        for name, number in self.home.items():
            for parent in self.graph.nodes[name].parents:
                if self.home.get(parent, number) < number:
                    found[split_step(parent)[0]] = None
        return list(found)

    @property
    def before(self) -> list[Node]:
        """What is computed for the steps, without what is merely picked out of data."""
        return [node for node in self._others if node.name not in self._later]

    @property
    def after(self) -> list[Node]:
        """What is computed from the steps."""
        return [node for node in self._others if node.name in self._later]

    @cached_property
    def _later(self) -> set[str]:
        return self.graph.downstream(self.home)

    def _goes_one_way(self) -> bool:
        """Whether no step uses what a later one makes, or what is computed from steps."""
        later = {node.name for node in self.after}
        return all(
            self.home.get(parent, number) <= number and parent not in later
            for name, number in self.home.items()
            for parent in self.graph.nodes[name].parents
        )
