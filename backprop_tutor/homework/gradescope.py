"""The `results.json` of a Gradescope autograder, from one submission."""

import json
from typing import Any

__all__ = ["gradescope_results"]


def gradescope_results(line: str, out_of: float) -> str:
    """The file's text, from a line of details."""
    details: dict[str, Any] = json.loads(line)
    tests = [
        {
            "name": answer["quantity"],
            "score": answer["marks"],
            "max_score": answer["out_of"],
            "status": "passed" if answer["marks"] == answer["out_of"] else "failed",
            "output": _said(answer),
            "output_format": "text",
            "visibility": "visible",
        }
        for answer in details["answers"]
    ]
    if details["status"] != "marked":
        tests = [
            {
                "name": "sheet",
                "score": 0.0,
                "max_score": out_of,
                "status": "failed",
                "output": f"The sheet was not marked: {details['reason'].removesuffix('.')}.",
                "output_format": "text",
                "visibility": "visible",
            }
        ]
    faults = map(_located, details["faults"])
    document = {
        "score": details["score"],
        "output": "\n".join(faults),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _located(fault: dict[str, Any]) -> str:
    return f"line {fault['line']}: {fault['what']}" if fault["line"] else str(fault["what"])


def _said(answer: dict[str, Any]) -> str:
    given = f"{answer['given']}: " if answer["given"] else ""
    return f"{given}{answer['verdict']}. {answer['message']}".strip()
