"""`schema`: the JSON Schema of exercise files, and of lessons."""

from typing import Annotated

import typer

__all__ = ["schema"]


def schema(
    lesson: Annotated[bool, typer.Option("--lesson", help="That of lesson files instead.")] = False,
) -> None:
    """Print the JSON Schema of exercise files, for completion in editors.

    Example: backprop-tutor schema > exercise.schema.json
    """
    import json

    from backprop_tutor.exercise.editor_schema import file_schema, json_schema

    if lesson:
        from backprop_tutor.course.lesson_file import LESSON_SCHEMA

        document = file_schema(LESSON_SCHEMA)
    else:
        document = json_schema()
    print(json.dumps(document, indent=2, ensure_ascii=False))
