"""`validate`: every fault of exercises and lessons, and what teaches badly in them."""

import sys
from typing import Annotated

import typer

from backprop_tutor.cli.options import JsonOption, MaxElementsOption, PlainOption

__all__ = ["validate"]


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Exercises, lessons, or folders of lessons.")
    ],
    as_json: JsonOption = False,
    plain: PlainOption = False,
    max_elements: MaxElementsOption = 2_000_000,
) -> None:
    """Check exercise and lesson files: every fault with its line, then what is in them, then warnings.

    Of a folder, its course and every lesson in it.

    Example: backprop-tutor validate my-exercise.yaml
    """
    from backprop_tutor.cli.examining import examined, files_of
    from backprop_tutor.cli.report import report
    from backprop_tutor.cli.showing import show
    from backprop_tutor.errors import BackpropTutorError, ExerciseError
    from backprop_tutor.language import clean
    from backprop_tutor.render.screen_style import plain_style
    from backprop_tutor.render.subjects.validated import contents_blocks

    status = 0
    documents = []
    for file in [inner for named in files for inner in files_of(named)]:
        try:
            contents, warnings = examined(file, max_elements)
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
        documents.append({"file": file, "valid": True, "contents": contents, "warnings": warnings})
        if not as_json:
            style = plain_style(sys.stdout.encoding)
            show(contents_blocks(clean(file), contents, warnings), style, plain=plain)
    if as_json:
        import json

        print(json.dumps({"format": 1, "files": documents}, ensure_ascii=False))
    if status:
        raise typer.Exit(status)
