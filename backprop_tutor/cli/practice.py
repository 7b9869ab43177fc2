"""`practice`: questions chosen by what went wrong, with new numbers, spaced over days."""

import sys
from typing import Annotated

import typer

from backprop_tutor.cli.options import AsciiOption, NotationOption, PlainOption

__all__ = ["practice"]


def _complete_skill(incomplete: str) -> list[str]:
    from backprop_tutor.tutor.skills import SKILLS

    return [skill.id for skill in SKILLS if skill.id.startswith(incomplete)]


def practice(
    skill: Annotated[
        list[str] | None,
        typer.Option(
            "--skill",
            metavar="SKILL",
            autocompletion=_complete_skill,
            help="Only this skill (--skills lists them); may be repeated.",
        ),
    ] = None,
    minutes: Annotated[
        float, typer.Option("--minutes", min=0, help="Begin no question after so many minutes.")
    ] = 15,
    count: Annotated[int | None, typer.Option("--count", min=1, help="Ask so many questions.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same questions again, after the same answers.")
    ] = None,
    skills: Annotated[bool, typer.Option("--skills", help="List the skills, and ask nothing.")] = False,
    plain: PlainOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable, one event a line.")] = False,
    ascii_only: AsciiOption = False,
    notation: NotationOption = None,
) -> None:
    """Practise what gains most: short questions on what you got wrong, with new numbers.

    Each question takes one skill, in the midst of an exercise whose earlier steps are given. What you
    know comes back after days, before you forget it; a slip comes back soon, where it would show. Answers
    in every other command count, too: `progress` shows what they say.

    Without a terminal, each line of standard input is the answer to the next question (an empty line
    skips it), and the exit status is 1 if an answer is wrong or missing.

    Example: backprop-tutor practice --minutes 10
    """
    from backprop_tutor.cli.practice_run import PracticeOptions, PracticeRun, list_skills

    if skills:
        list_skills(plain=plain, as_json=as_json)
        return
    options = PracticeOptions(
        tuple(skill or ()), minutes, count, seed, plain=plain, as_json=as_json, notation=notation
    )
    status = PracticeRun(options).start()
    sys.stdout.flush()
    if status:
        raise typer.Exit(status)
