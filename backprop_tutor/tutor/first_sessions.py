"""Sessions that the first version saved: their answers become evidence, once."""

import re
from collections.abc import Iterator

from backprop_tutor.errors import BackpropTutorError
from backprop_tutor.exercise.catalogue import shipped_folder
from backprop_tutor.exercise.load import load
from backprop_tutor.exercise.model import Exercise
from backprop_tutor.tutor.evidence import Answered, Evidence, EvidenceLog, evidence_of
from backprop_tutor.tutor.state import QuestionRecord
from backprop_tutor.tutor.store import Saved, Store

__all__ = ["all_evidence", "answers_of", "take_in"]

UNASKED = QuestionRecord()
FACTOR = re.compile(r" (upstream|local|product) .*")  # at the end of a question's target


def all_evidence(store: Store, log: EvidenceLog) -> list[Evidence]:
    """All evidence, with that of sessions from before there was any. Raises AccessError."""
    for session in store.sessions():
        take_in(session, log)
    return log.entries()


def take_in(session: Saved, log: EvidenceLog) -> None:
    """The answers of a saved session as evidence, unless they are. Raises AccessError."""
    if not session.logged and session.path is not None:
        log.put(f"session-{session.path.stem}", _evidence_of(session))


def answers_of(quantity: str, record: QuestionRecord, known: QuestionRecord = UNASKED) -> list[Answered]:
    """The answers to a question beside those `known`; after them that it was shown, or skipped in spite of
    hints, where it was."""
    given = [
        Answered(quantity, t.verdict, t.misconceptions, record.hints, not t.ambiguous)
        for t in record.tries[len(known.tries) :]
    ]
    gave_up = record.status == "shown" or (record.status == "skipped" and record.hints)
    if gave_up and record.status != known.status:
        given.append(Answered(quantity, record.status, (), record.hints))
    return given


def _evidence_of(session: Saved) -> Iterator[Evidence]:
    """Its answers, at even distances between its begin and its end, which is all that is known."""
    assert session.path is not None
    key = session.path.parent.name
    exercise = _shipped(key)
    records = session.records.items()
    answered = [a for target, record in records for a in answers_of(FACTOR.sub("", target), record)]
    begin = session.started if 0 < session.started <= session.saved else session.saved
    for place, answer in enumerate(answered, 1):
        when = begin + (session.saved - begin) * place / len(answered)
        if exercise is not None:
            yield from evidence_of(exercise, [answer], when)
        elif answer.counts:
            yield Evidence(when, key, session.fingerprint[:12], answer)


def _shipped(key: str) -> Exercise | None:
    """The shipped exercise whose sessions lie in the folder `key`; others are not known by it."""
    path = shipped_folder() / f"{key}.yaml"
    try:
        return load(path) if path.is_file() else None
    except BackpropTutorError:
        return None
