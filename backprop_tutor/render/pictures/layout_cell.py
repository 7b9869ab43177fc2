"""A recurrence folded: one step as courses draw its cell, with what it hands on to the next step.

A gate is one cell, its weighted sum and its activation together; products, sums and functions that bring
gates and states together are cells of their own, read off the formulas.
"""

from collections import defaultdict

from backprop_tutor.engine import ops
from backprop_tutor.engine.graph import Node
from backprop_tutor.language import Style, to_text
from backprop_tutor.language.expr import OPERATORS, Call, Expr, Item, Num, Sym, leaves, name_of
from backprop_tutor.language.step_index import split_step
from backprop_tutor.render.pictures.layout import DrawnNode, Kind, Layout
from backprop_tutor.render.pictures.layout_graph import in_columns
from backprop_tutor.render.pictures.step_groups import StepGroups, step_number
from backprop_tutor.render.wording import quantity_text
from backprop_tutor.walkthrough import Solution

__all__ = ["cell_layout"]

LETTER = "s"
SIGNS = {"add": "+", "mul": "×", "hadamard": "⊙"}  # how courses mark where wires meet
ASCII_SIGNS = {"add": "+", "mul": "x", "hadamard": "*"}
OF_ARRAYS = ("matmul", "transpose")


def cell_layout(solution: Solution, groups: StepGroups, style: Style, *, weights: bool = True) -> Layout:
    """The cell of a recurrence, with the names of its `weights`. A node of it stands for that of every step;
    `loops` are what it hands on."""
    return _Cell(solution, groups, style, weights).layout()


class _Cell:
    def __init__(self, solution: Solution, groups: StepGroups, style: Style, weights: bool) -> None:
        self.solution, self.groups, self.style, self.with_weights = solution, groups, style, weights
        self.graph = solution.graph
        self.number = list(groups.steps)[1]  # the first may start from what is given
        self.own = groups.steps[self.number]
        self.nodes: dict[str, Node] = {}
        self.labels: dict[str, str] = {}
        self.stands_for: dict[str, list[str]] = defaultdict(list)
        self.gates = self._gates()

    def layout(self) -> Layout:
        for name in self.own:
            if name not in self.gates:
                self._cell(name)
        order, edges = in_columns(list(self.nodes.values()), left=True)
        cells = [
            DrawnNode(
                name,
                self.labels[name],
                column,
                row,
                self._kind(name),
                self._every_step(name),
                under=self._weights(name),
            )
            if name in self.nodes
            else DrawnNode(name, "", column, row, "pass", self._every_step(name.partition("→")[0]))
            for column, names in order.items()
            for row, name in enumerate(names)
        ]
        loops = tuple(
            (f"{family}<{LETTER}>", f"{family}<{LETTER}-1>")
            for family in self.groups.carried
            if f"{family}<{LETTER}>" in self.nodes
        )
        return Layout(tuple(cells), tuple(edges), tight=True, loops=loops, schematic=True)

    def _weights(self, name: str) -> tuple[str, ...]:
        """The parameters of a cell, below its name."""
        forms = [self._form(node) for node in self.stands_for[name] if self.with_weights and ":" not in name]
        used = [name_of(leaf) for form in forms if form is not None for leaf in leaves(form)]
        nodes = self.graph.nodes
        found = dict.fromkeys(n for n in used if n in nodes and nodes[n].role == "parameter")
        return (" ".join(quantity_text(n, self.style) for n in found),) if found else ()

    def _kind(self, name: str) -> Kind:
        return "op" if self.nodes[name].op else "data"

    def _every_step(self, name: str) -> tuple[str, ...]:
        """The nodes of all steps that a cell stands for."""
        families = {split_step(node)[0] for node in self.stands_for[name]}
        return tuple(n for names in self.groups.steps.values() for n in names if split_step(n)[0] in families)

    def _gates(self) -> dict[str, str]:
        """Weighted sums of which one function is taken, and nothing else: net_i and its i."""
        consumers = self.graph.folded.consumers
        found = {}
        for name in self.own:
            users = [user for user, _ in consumers[name]]
            if len(users) == 1 and users[0] in self.own and self._is_weighted(self._form(name)):
                form = self._form(users[0])
                if isinstance(form, Call) and form.args == (Sym(name),):
                    found[name] = users[0]
        return found

    def _form(self, name: str) -> Expr | None:
        return self.solution.steps[name].form

    def _is_weighted(self, form: Expr | None) -> bool:
        names = {name_of(leaf) for leaf in leaves(form)} if form is not None else set()
        return any(name in self.graph.nodes and self.graph.nodes[name].role == "parameter" for name in names)

    def _cell(self, name: str) -> str:
        """The cell of a node, after those of all that it uses."""
        if _lettered(name) not in self.nodes:
            self._computed(name)
        return _lettered(name)

    def _computed(self, name: str) -> None:
        node, form = self.graph.folded.nodes[name], self._form(name)
        behind = [net for net, user in self.gates.items() if user == name]
        if behind:
            sign = self._sign(form)
            inputs = self._inputs(self._form(behind[0]), behind[0])
        elif isinstance(form, Call) and self._is_arithmetic(form) and not self._is_weighted(form):
            sign = self._sign(form)
            inputs = [made for part in form.args for made in self._parts(part, name)]
        else:
            sign, inputs = "", [self._known(parent) for parent in node.parents]
        family = split_step(name)[0]
        written = quantity_text(_lettered(name) if self._is_handed_on(name) else family, self.style)
        self._add(_lettered(name), f"{sign} {written}".strip(), inputs, [*behind, name])

    def _is_handed_on(self, name: str) -> bool:
        """Whether anything but this step uses it, so that its step matters."""
        users = {user for user, _ in self.graph.folded.consumers[name]}
        return not users or not users <= {*self.own} or split_step(name)[0] in self.groups.carried

    def _is_arithmetic(self, form: Expr | None) -> bool:
        """Whether it is made of single elements by arithmetic and functions."""
        if isinstance(form, Call):
            known = (
                form.name in OPERATORS if form.name not in ops.TABLE else ops.get(form.name).is_elementwise
            )
            return (
                known
                and form.name not in OF_ARRAYS
                and all(isinstance(arg, Num) or self._is_arithmetic(arg) for arg in form.args)
            )
        return isinstance(form, Sym)

    def _inputs(self, form: Expr | None, name: str) -> list[str]:
        """What goes into a weighted sum; a part of it without weights is a cell of its own."""
        if isinstance(form, Call) and (self._is_weighted(form) or not self._is_arithmetic(form)):
            return [made for part in form.args for made in self._inputs(part, name)]
        return self._parts(form, name) if form is not None else []

    def _parts(self, form: Expr, name: str) -> list[str]:
        """The cell of a part of a formula; none of a number or a parameter."""
        if isinstance(form, Sym | Item):
            known = self._known(name_of(form))
            return [known] if known else []
        if not isinstance(form, Call):
            return []
        inputs = [made for part in form.args for made in self._parts(part, name)]
        part = f"{_lettered(name)}:{len(self.nodes)}"
        self._add(part, self._sign(form), inputs, [name])
        return [part]

    def _known(self, name: str) -> str:
        """The cell of something that is used, where it has one."""
        number, node = step_number(name), self.graph.nodes.get(name)
        if name in self.gates:
            return self._known(self.gates[name])
        if name in self.own:
            return self._cell(name)
        if number is not None and self.groups.home.get(name) is not None:
            back = self.number - number
            return self._leaf(f"{split_step(name)[0]}<{LETTER}-{back}>")
        if node is None or node.role in ("parameter", "constant"):
            return ""
        source = split_step(name)[0] if number is not None else self.graph.data_of(name)
        return self._leaf(f"{source}<{LETTER}>" if self._has_steps(source) else source)

    def _has_steps(self, name: str) -> bool:
        """Whether a step uses a row of it."""
        steps = len(self.groups.steps)
        shape = self.graph.nodes[name].shape if name in self.graph.nodes else (steps,)
        return steps in shape[:2]

    def _leaf(self, name: str) -> str:
        if name not in self.nodes:
            self.nodes[name] = Node(name, "given", ())
            self.labels[name] = quantity_text(name, self.style)
        return name

    def _add(self, name: str, label: str, inputs: list[str], stands_for: list[str]) -> None:
        parents = tuple(dict.fromkeys(filter(None, inputs)))
        self.nodes[name] = Node(name, "forward", (), "cell", parents)
        self.labels[name], self.stands_for[name] = label, stands_for

    def _sign(self, form: Expr | None) -> str:
        """×, +, σ, tanh or `1 -` for what a formula does at last."""
        if not isinstance(form, Call):
            return ""
        signs = SIGNS if self.style.glyphs.scripts else ASCII_SIGNS
        numbers = [arg for arg in form.args if isinstance(arg, Num)]
        if form.name in signs and not numbers:
            return signs[form.name]
        blank = tuple(arg if isinstance(arg, Num) else Sym("x") for arg in form.args)
        written = to_text(Call(form.name, blank), self.style)
        return written.removesuffix("(x)") if written.endswith("(x)") else written.replace("x", "").strip()


def _lettered(name: str) -> str:
    """`h<s>` for `h<2>`."""
    return name.replace(f"<{split_step(name)[1]}>", f"<{LETTER}>")
