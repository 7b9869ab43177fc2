"""The sum over paths as lines, in Unicode and ASCII, wide and narrow, and as JSON."""

import json

from on_screen import screen

from backprop_tutor import load, loads, solve
from backprop_tutor.language import Style, display_width
from backprop_tutor.render.path_lines import path_facts, paths_json, paths_summary, paths_title, sum_facts
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.render.subjects.path_table import path_blocks
from backprop_tutor.walkthrough.numbers import DEFAULT_PRECISION
from backprop_tutor.walkthrough.path_web import PathElement
from backprop_tutor.walkthrough.paths import Paths, find_paths


def path_lines(paths: Paths, style: Style, precision: int = DEFAULT_PRECISION) -> list[str]:
    """Every listed path with its factors in symbols and numbers, then the sum over all paths."""
    lines = [paths_title(paths, style)]
    if not paths.count:
        return lines
    for path in paths.shown:
        lines += path_facts(paths, path, style, precision)
    return [*lines, *sum_facts(paths, style, precision)]


def paths_of(name: str, wrt: str, *at: int, limit: int = 12) -> Paths:
    solution = solve(load(name))
    return find_paths(solution, PathElement(solution.graph.loss, ()), PathElement(wrt, at), limit)


def test_one_path() -> None:
    assert path_lines(paths_of("exercise1", "W1", 0, 0), style_for()) == [
        "1 path from J to W1[1,1]:",
        "  1. J → z[1] → net2[1] → h1[1] → net1[1] → W1[1,1]",
        "     ∂J/∂z[1]·∂z[1]/∂net2[1]·∂net2[1]/∂h1[1]·∂h1[1]/∂net1[1]·∂net1[1]/∂W1[1,1]",
        "     = (-(1/N)·(t[1] - z[1]))·1·W2[1,1]·relu'(net1[1])·x[1]",
        "     = -1·1·1·1·1 = -1",
        "Sum over the paths: ∂J/∂W1[1,1] = -1",
    ]


def test_several_paths_in_ascii() -> None:
    lines = path_lines(paths_of("residual-block", "x", 1), style_for(ascii_only=True))
    assert all(map(str.isascii, lines))
    assert lines[0] == "3 paths from J to x[2]:"
    assert lines[-1] == "Sum over the paths: dJ/dx[2] = -1 - 3 + 0 = -4"


def table(paths: Paths, width: int, *, ascii_only: bool = False) -> str:
    style = style_for(ascii_only=ascii_only)
    return screen(path_blocks(paths, style, DEFAULT_PRECISION), style, width)


def test_a_row_a_path_a_column_a_factor() -> None:
    assert table(paths_of("residual-block", "x", 1), 80) == (
        "\n3 paths from J to x[2]:\n"
        "path                       ∂J/∂y          ∂y/∂h ∂y/∂x ∂h/∂n       ∂n/∂x  product\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "J → y[1] → h[1] → n[1] →   -(t[1] - y[1]) 1           relu'(n[1]) W[1,2] -1\n"
        "x[2]                       -1                         1           1\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "J → y[2] → x[2]            -(t[2] - y[2])       1                        -3\n"
        "                           -3\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "J → y[2] → h[2] → n[2] →   -(t[2] - y[2]) 1           relu'(n[2]) W[2,2] 0\n"
        "x[2]                       -3                         0           1\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "sum: ∂J/∂x[2]                                                            -4\n"
    )


def test_a_narrow_screen_has_a_line_a_factor() -> None:
    assert table(paths_of("exercise1", "W1", 0, 0), 50, ascii_only=True) == (
        "\n1 path from J to W1[1,1]:\n"
        "J -> z[1] -> net2[1] -> h1[1] -> net1[1] ->\n"
        "W1[1,1]\n"
        "  dJ/dz     -(1/N)*(t[1] - z[1]) = -1\n"
        "  dz/dnet2  1\n"
        "  dnet2/dh1 W2[1,1] = 1\n"
        "  dh1/dnet1 relu'(net1[1]) = 1\n"
        "  dnet1/dW1 x[1] = 1\n"
        "  product   -1\n"
        "\n"
        "sum: dJ/dW1[1,1]\n"
        "            -1\n"
    )


def test_the_table_says_what_it_leaves_out() -> None:
    lines = table(paths_of("softmax-batch", "W1", 0, 1, limit=3), 160).splitlines()
    assert lines[1] == "9 paths from J to W1[1,2], the largest 3 of them:"
    (others,) = (line for line in lines if "The other 6 paths together" in line)
    assert others.split("│")[-2].strip() == "0"
    products = [line.split("│")[-2].strip() for line in lines if line.startswith("│ J →")]
    assert len(products) == 3
    assert lines[-2].split("│")[-2].strip() == "≈ -0.292094"


def test_the_remainder_is_one_line() -> None:
    lines = path_lines(paths_of("softmax-batch", "W1", 0, 1, limit=3), style_for())
    assert lines[0] == "9 paths from J to W1[1,2], the largest 3 of them:"
    assert lines[-2:] == ["The other 6 paths together = 0", "Sum over the paths: ∂J/∂W1[1,2] ≈ -0.292094"]


def test_no_path() -> None:
    solution = solve(load("exercise1"))
    found = find_paths(solution, PathElement("net1", (0, 0)), PathElement("z", (0, 0)))
    assert path_lines(found, style_for()) == ["There is no path from net1[1] to z[1]: the derivative is 0."]


def test_a_count_of_three_hundred_digits_and_a_long_path_stay_readable() -> None:
    layers = "".join(f"    a{k + 1}: A @ a{k}\n" for k in range(1000))
    text = (
        "title: deep\ngraph:\n  parameters: {a0: [1/2, 1/2], A: [[1/2, 1/2], [1/2, 1/2]]}\n"
        f"  compute:\n{layers}    J: sum(a1000)\n  loss: J\n"
    )
    found = find_paths(solve(loads(text)), PathElement("J", ()), PathElement("a0", (0,)), limit=2)
    lines = path_lines(found, style_for())
    assert lines[0] == "about 1.071e301 paths from J to a0[1], the largest 2 of them:"
    assert len(lines) < 20
    assert "…" in lines[1]
    assert lines[-1] == "Sum over the paths: ∂J/∂a0[1] = 1"
    shown = table(found, 80).splitlines()
    assert all(display_width(line) <= 80 for line in shown)
    assert [line.split() for line in shown].count(["…", "…"]) == 2


def test_json() -> None:
    found = paths_of("exercise1", "W1", 0, 0)
    (path,) = json.loads(json.dumps(paths_json(found)))
    assert path["nodes"] == ["J", "z", "net2", "h1", "net1", "W1"]
    assert [(factor["of"], factor["value"]) for factor in path["factors"]] == [
        ("dJ/dz", -1.0),
        ("dz/dnet2", 1.0),
        ("dnet2/dh1", 1.0),
        ("dh1/dnet1", 1.0),
        ("dnet1/dW1", 1.0),
    ]
    assert path["product"] == -1.0
    assert path["elements"][-1] == "W1[1,1]"
    assert paths_summary(found) == {
        "count": 1,
        "listed": 1,
        "remainder": 0.0,
        "total": -1.0,
        "exact": "-1",
    }


def deep(activation: str, sign: int) -> str:
    """Twenty layers of two units, their weights all different."""
    layers = [
        f"{{activation: {activation}, weights: [[{k}/20, {sign * (k + 2)}/30], [{k + 3}/25, {k + 1}/15]]}}"
        for k in range(1, 21)
    ]
    data = "data: [{x: [-1, -2], t: [1, 1]}]\nloss: sse\n"
    return f"title: deep\nnetwork:\n  layers: [{', '.join(layers)}]\n{data}"


def test_paths_of_a_deep_network_can_be_told_apart() -> None:
    found = find_paths(solve(loads(deep("tanh", -1))), PathElement("J", ()), PathElement("W1", (0, 0)))
    lines = path_lines(found, style_for())
    routes = [line.partition(". ")[2] for line in lines if line[:3].strip().isdecimal() and " → " in line]
    assert len(routes) == len(set(routes)) == 12


def test_paths_that_are_zero_are_not_among_the_largest() -> None:
    layers = "".join(f"    a{k + 1}: A @ a{k}\n" for k in range(5))
    text = f"title: t\ngraph:\n  parameters: {{a0: [1, 2], A: [[1, 1], [0, 2]]}}\n  compute:\n{layers}"
    solution = solve(loads(f"{text}    J: sum(a5)\n  loss: J\n"))
    lines = path_lines(find_paths(solution, PathElement("J", ()), PathElement("a0", (0,))), style_for())
    assert lines[0] == "32 paths from J to a0[1], 1 of them not 0:"
    assert lines[-2:] == ["The other 31 paths together = 0", "Sum over the paths: ∂J/∂a0[1] = 1"]


def test_paths_that_are_all_zero_are_named_by_one() -> None:
    found = find_paths(solve(loads(deep("relu", 1))), PathElement("J", ()), PathElement("W1", (0, 0)))
    lines = path_lines(found, style_for())
    assert lines[0] == "524,288 paths from J to W1[1,1], all of them 0, such as:"
    assert lines[-2:] == ["The other 524,287 paths together = 0", "Sum over the paths: ∂J/∂W1[1,1] = 0"]
