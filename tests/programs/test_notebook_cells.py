"""Notebooks as Python: what only IPython understands is left out, and every line stays on its line."""

import json

import pytest

from backprop_tutor import AccessError
from backprop_tutor.programs.notebook_cells import code_cells


def python(*cells: str | list[str]) -> list[str]:
    document = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    return [text for _, text in code_cells(json.dumps(document).encode(), "n.ipynb")]


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install x",
        "np.sum?",
        "np.sum??",
        "?np",
        "??np",
        "files = !ls",
        "t = %timeit -o f()",
    ],
)
def test_a_magic_line_is_left_out(line: str) -> None:
    (text,) = python(f"a = 1\n{line}\nb = 2\n")
    assert text == "a = 1\npass\nb = 2\n"


def test_an_indented_one_leaves_its_block_whole() -> None:
    (text,) = python("for k in range(2):\n    %time f(k)\nb = 1")
    compile(text, "cell", "exec")
    assert text.splitlines()[2] == "b = 1"


@pytest.mark.parametrize(
    "text",
    [
        "a = 5  # is it right?",
        "# why?",
        'a = "50\\n%"',
        'a = """\n%matplotlib\n!ls\n"""',
        "a = (7\n% 2)",
        "a = 7 \\\n% 2",
        "b = (a\n!= 2)",
        "print('why?')",
    ],
)
def test_what_is_python_stays(text: str) -> None:
    assert python(text) == [text]
    compile(text, "cell", "exec")


def test_of_cell_magics_only_time_keeps_its_body() -> None:
    texts = python(
        "%%time\na = 1\n", "%%bash\nexit 1\n", "%%timeit\nb = 1\n", "\n%%time\nc = 1", "%%writefile f.py\nd"
    )
    assert texts == ["\na = 1\n", "", "", "\n\nc = 1", ""]


def test_cells_are_counted_and_text_is_left_aside() -> None:
    cells = [
        {"cell_type": "markdown", "source": "# t"},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
    ]
    assert code_cells(json.dumps({"cells": cells}).encode(), "n") == [("cell 1", "a = 1\nb = 2")]


BROKEN = [
    *(b"", b"{}", b"[]", b"\xff", b'{"cells": 3}', b"[" * 100_000),
    *(b'{"cells": [{"cell_type": "code"}]}', b'{"cells": [{"cell_type": "code", "source": [1]}]}'),
]


@pytest.mark.parametrize("source", BROKEN)
def test_what_is_no_notebook_is_refused(source: bytes) -> None:
    with pytest.raises(AccessError):
        code_cells(source, "n.ipynb")
