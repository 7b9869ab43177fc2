"""A class of sheets for exercise1 whose every verdict is known: worked by hand-written arithmetic.

Nothing here uses the engine: the network of exercise1 is written out in fractions below.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

ELEMENTS = [
    "net1[1]", "net1[2]", "h1[1]", "h1[2]", "z[1]", "J",
    "dJ/dW2[1,1]", "dJ/dW2[1,2]", "W2_new[1,1]", "W2_new[1,2]",
]  # fmt: skip

ATTACKS = [
    "9^9^9", "-" * 1_900, "(" * 500 + "1" + ")" * 500, "x" * 1_900, "1/0", "nan", "oo", "1e999999999",
    "__import__('os').system('true')", "eval(1)", "[/b]", "*anchor", "&anchor 1", "!!python/object:os", "1,5",
    "\U0001f600", "<script>alert(1)</script>", "=cmd|'/c calc'!A1", "2.5%", "\u202e1", "z[99]", "{{7*7}}",
]  # fmt: skip


@dataclass
class Handed:
    """One file of the class and what its marking must say: verdicts by element, or that it is refused."""

    name: str
    content: bytes
    verdicts: dict[str, str] = field(default_factory=dict)
    refused: bool = False


F = Fraction


def worked(net1: F, net2: F) -> list[F]:
    """Everything after the two net inputs, by the formulas of the exercise."""
    t, w1, w2, rate = F(2), F(1), F(2), F(1, 10)
    h1, h2 = max(F(0), net1), max(F(0), net2)
    z = w1 * h1 + w2 * h2
    g1, g2 = -(t - z) * h1, -(t - z) * h2
    return [net1, net2, h1, h2, z, (t - z) ** 2 / 2, g1, g2, w1 - rate * g1, w2 - rate * g2]


RIGHT = worked(F(1), F(-1))


def the_class(count: int = 1_000) -> list[Handed]:
    chance = random.Random(5)
    return [_handed(number, chance) for number in range(count)]


def _handed(number: int, chance: random.Random) -> Handed:
    name = f"student{number:04}_{70_000 + number}_{90_000 + number}_sheet"
    if number % 50 == 7:
        return _spoiled(number // 50, name)
    answers = [_written(value, chance) for value in RIGHT]
    verdicts = ["correct"] * len(ELEMENTS)
    kind = number % 4
    if kind == 1:  # a slip in net1[1], carried on rightly to the end
        slip = worked(F(chance.choice((3, 4, 5, 6, 7))), F(-1))
        answers = [_written(value, chance) for value in slip]
        verdicts = ["correct" if a == b else "follow-through" for a, b in zip(slip, RIGHT, strict=True)]
        verdicts[0] = "wrong"
    elif kind == 2:  # a number out of the blue somewhere
        place = chance.randrange(len(ELEMENTS))
        answers[place], verdicts[place] = f"{chance.randrange(1_009, 9_973, 2)}/977", "wrong"
    elif kind == 3:  # an attack, and a blank
        place, blank = chance.sample(range(len(ELEMENTS)), 2)
        answers[place], verdicts[place] = ATTACKS[number // 4 % len(ATTACKS)], "invalid"
        answers[blank], verdicts[blank] = "?", "blank"
    form = (_yaml, _json, _csv)[number % 3] if kind != 3 else _json
    ending, text = form(answers)
    return Handed(name + ending, text.encode(), dict(zip(ELEMENTS, verdicts, strict=True)))


def _written(value: F, chance: random.Random) -> str:
    """The value in one of the ways in which people write it."""
    forms = [str(value), f"{value}", f"({value})", f"{value}*1", f" {value} "]
    if value == round(value, 4):
        forms += [str(float(value)), f"{float(value):.4f}", str(float(value)).replace("-", "\u2212")]
    return chance.choice(forms)


def _yaml(answers: list[str]) -> tuple[str, str]:
    lines = ["exercise: exercise1", "answers:"]
    return ".yaml", "\n".join([*lines, *(f"  {e}: {a}" for e, a in zip(ELEMENTS, answers, strict=True))])


def _json(answers: list[str]) -> tuple[str, str]:
    return ".json", json.dumps(
        {"exercise": "exercise1", "answers": dict(zip(ELEMENTS, answers, strict=True))}
    )


def _csv(answers: list[str]) -> tuple[str, str]:
    rows = [f'"{e}","{a}"' for e, a in zip(ELEMENTS, answers, strict=True)]
    return ".csv", "\n".join(["exercise,exercise1", "quantity,answer", *rows])


def _spoiled(number: int, name: str) -> Handed:
    contents = [
        b"", bytes(range(256)) * 40, b"a" * 400_000, b"exercise: exercise2\nanswers:\n  J: 1\n",
        b"variant: v0123456789\nanswers:\n  J: 1\n", b"{" * 100_000, b"\xff\xfea\x00", b"just a text",
        b"answers:\n", b'{"answers": [1, 2]}',
    ]  # fmt: skip
    return Handed(f"{name}.yaml", contents[number % len(contents)], refused=True)


def write(handed: list[Handed], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for one in handed:
        (folder / one.name).write_bytes(one.content)
    return folder


def disagreements(handed: list[Handed], details: str) -> Iterator[tuple[str, str, str, str]]:
    """Where the details say otherwise than they must: sheet, element, said, due."""
    said = {line["sheet"]: line for line in map(json.loads, details.splitlines())}
    for one in handed:
        line = said.pop(one.name)
        if (line["status"] != "marked") != one.refused:
            yield one.name, "status", f"{line['status']}: {line['reason']}", f"refused: {one.refused}"
        for answer in line["answers"]:
            due = one.verdicts[answer["quantity"]]
            if answer["verdict"] != due:
                yield one.name, answer["quantity"], f"{answer['verdict']} ({answer['given']})", due
    for name in said:
        yield name, "status", "a sheet", "none"
