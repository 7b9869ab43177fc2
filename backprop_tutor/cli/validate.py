"""`validate`: every fault of exercise files, and what teaches badly in them."""

import sys
from typing import Annotated

import typer

from backprop_tutor.cli.options import JsonOption, MaxElementsOption, PlainOption

__all__ = ["validate"]


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Exercise files or shipped names.")],
    as_json: JsonOption = False,
    plain: PlainOption = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Check exercise files: every fault with its line, then what the exercise holds, then warnings.

    Example: backprop-tutor validate my-exercise.yaml
    """
    from backprop_tutor import load
    from backprop_tutor.cli.report import report
    from backprop_tutor.cli.showing import show
    from backprop_tutor.errors import BackpropTutorError, ExerciseError
    from backprop_tutor.exercise.contents import contents
    from backprop_tutor.exercise.review import remarks, together
    from backprop_tutor.grading.ambiguities import ambiguities, ambiguity_warnings
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.validated import contents_blocks
    from backprop_tutor.walkthrough import solve

    status = 0
    documents = []
    for file in files:
        try:
            exercise = load(file, max_elements=max_elements)
            solution = solve(exercise)
            solution.prepare(f"{solution.gradient_prefix}{name}" for name in solution.differentiated)
            values = solution.first.values
            gradients = {name: solution.first.gradient(name) for name in solution.differentiated}
            exact = {name: array for name in solution.shapes if (array := solution.exact(name)) is not None}
            found = remarks(exercise, values, gradients, exact)
            warnings = [remark.text for remark in together(found)] + ambiguity_warnings(ambiguities(solution))
        except BackpropTutorError as error:
            status = max(status, error.exit_status)
            faults = error.faults if isinstance(error, ExerciseError) else []
            documents.append(
                {
                    "file": file,
                    "valid": False,
                    "faults": [
                        {"line": f.line, "column": f.column, "what": f.what, "hint": f.hint} for f in faults
                    ]
                    or [{"line": 0, "column": 0, "what": error.what, "hint": error.hint}],
                }
            )
            if not as_json:
                report(error)
            continue
        documents.append(
            {
                "file": file,
                "valid": True,
                "contents": contents(exercise),
                "warnings": warnings,
            }
        )
        if not as_json:
            style = plain_style(sys.stdout.encoding)
            show(contents_blocks(clean(file), contents(exercise), warnings), style, plain=plain)
    if as_json:
        import json

        print(json.dumps({"format": 1, "files": documents}, ensure_ascii=False))
    if status:
        raise typer.Exit(status)
