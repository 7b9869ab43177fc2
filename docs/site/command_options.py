"""The directive `options`: what `--help` says of a command, as a list."""

import inspect
from typing import Any, ClassVar

import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from backprop_tutor.cli.app import app


class CommandOptions(SphinxDirective):
    """`options NAME`: what the command does, and each of its options with its help."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        group: Any = typer.main.get_command(app)
        command = group.commands[self.arguments[0]]
        said = inspect.cleandoc(command.help or "").partition("\n\nExample:")[0]
        found: list[nodes.Node] = [nodes.paragraph("", "", *_worded(part)) for part in said.split("\n\n")]
        listed = nodes.definition_list()
        for parameter in command.params:
            names = [*parameter.opts, *parameter.secondary_opts]
            is_option = parameter.param_type_name == "option"
            name = ", ".join(names) if is_option else parameter.make_metavar(typer.Context(command))
            about = getattr(parameter, "help", "") or ""
            if name == "--help":
                continue
            term = nodes.term("", "", nodes.literal("", name))
            listed += nodes.definition_list_item(
                "", term, nodes.definition("", nodes.paragraph("", "", *_worded(about)))
            )
        return [*found, listed]


def _worded(text: str) -> list[nodes.Node]:
    """A sentence, with what stands between backticks as code."""
    parts = " ".join(text.split()).split("`")
    return [nodes.literal("", part) if n % 2 else nodes.Text(part) for n, part in enumerate(parts)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("options", CommandOptions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
