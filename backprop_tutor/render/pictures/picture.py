"""The drawing of a step that fits: with everything on it, with less and less, or as a list of nodes."""

from collections.abc import Iterable, Iterator

from backprop_tutor.language import Style
from backprop_tutor.render.blocks import Prose, Words
from backprop_tutor.render.pictures.drawing import Line, draw
from backprop_tutor.render.pictures.focus import Focus, focus
from backprop_tutor.render.pictures.layout import Layout
from backprop_tutor.render.pictures.layout_graph import graph_layout
from backprop_tutor.render.pictures.layout_network import Detail, network_layout
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution, Step

__all__ = ["Picture"]

MAX_NODES = 60  # a graph with more is not worth a drawing in characters
MAX_LISTED = 24


class Picture:
    """Draws one exercise; the layouts are worked out once."""

    def __init__(self, solution: Solution, style: Style) -> None:
        self.solution, self.style = solution, style
        self._tried: dict[int | None, list[Layout]] = {}  # by example
        self._more: dict[int | None, Iterator[Layout]] = {}

    def draw(
        self,
        step: Step | None,
        index: tuple[int, ...] | None,
        width: int,
        height: int,
        needed: Iterable[str] = (),
    ) -> list[Line] | None:
        """The fullest drawing that fits, with the path of `step` marked; None where none does. `needed`
        are the quantities that the step is worked out from. Of one example's step it shows the data."""
        example = index[0] if step and index and step.node.batched else None
        for layout in self._from_fullest(example):
            marked = focus(self.solution, layout, step, index, needed) if step else Focus()
            drawn = draw(layout, marked, self.style, width, height)
            if drawn is not None:
                return drawn
        return None

    def _from_fullest(self, example: int | None) -> Iterator[Layout]:
        """The layouts, each worked out when it is first needed."""
        tried = self._tried.setdefault(example, [])
        yield from tried
        for layout in self._more.setdefault(example, self._layouts(example)):
            tried.append(layout)
            yield layout

    def compact(self, step: Step | None) -> Prose:
        """The computed nodes in order, the path of `step` in brackets: `x → [net1] → h1 → z → J`. An arrow
        comes only from what the next one is computed from: `i, o → h`."""
        graph = self.solution.graph
        nodes = [node.name for node in graph.folded.nodes.values() if node.op]
        lit = self._path(step) if step else {}
        shown: list[str | None] = [*nodes]
        if len(nodes) > MAX_LISTED:
            own = nodes.index(step.node.name) if step and step.node.name in nodes else 0
            near = set(nodes[max(own - 3, 0) : own + 4]) | {*nodes[:2], *nodes[-2:]}
            kept = [name if name in near else None for name in nodes]
            shown = [name for place, name in enumerate(kept) if name or kept[place - 1]]
        pieces: list[Words] = []
        for before, name in zip((None, *shown), shown, strict=False):
            written = "…" if name is None else quantity_text(name, self.style)
            text = f"[{written}]" if name in lit else written
            follows = name is not None and before in graph.folded.nodes[name].parents
            pieces += [Words(" → " if follows else ", ")] if pieces else []
            pieces.append(Words(text, lit.get(name or "", "")))
        return Prose(tuple(pieces))

    def _path(self, step: Step) -> dict[str, str]:
        """The role of every node on the path."""
        graph, node = self.solution.graph, step.node.name
        if step.node.parts:
            of, *_, wrt = (part.name for part in step.node.parts)
            return dict.fromkeys(graph.between([wrt], of), "upstream") | {wrt: "asked"}
        if step.phase == "backward":
            return dict.fromkeys(graph.between([node]), "upstream") | {node: "asked"}
        return {node: "asked"} if step.phase != "update" else {}

    def _layouts(self, example: int | None) -> Iterator[Layout]:
        solution, style = self.solution, self.style
        times = "×" if style.glyphs.scripts else "x"
        if solution.exercise.is_feed_forward:
            for detail in (
                Detail(example=example),
                Detail(values=False, example=example),
                Detail(values=False, titles=False, example=example),
                Detail(values=False, weights=False, example=example),
                Detail(values=False, weights=False, titles=False, example=example),
                Detail(values=False, weights=False, titles=False, max_units=3),
            ):
                yield network_layout(solution, detail, style)
        elif len(solution.graph.nodes) <= MAX_NODES:
            yield graph_layout(solution, style, times)
            yield graph_layout(solution, style, times, formulas=False)
