"""One run of practice: drill after drill, until time, questions or answers run out."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import chain, islice
from random import randrange
from time import monotonic
from typing import NamedTuple

from backprop_tutor.cli.conversation import INTERRUPTED, Painter, converse, lines_of, replay
from backprop_tutor.cli.late_marking import LateMarking
from backprop_tutor.cli.line_reading import LineReader
from backprop_tutor.cli.session_painters import JsonPainter, json_line, painter_for
from backprop_tutor.cli.session_run import completions
from backprop_tutor.cli.showing import show
from backprop_tutor.cli.streams import standard_input
from backprop_tutor.errors import AccessError, UsageError
from backprop_tutor.exercise.catalogue import entries, shipped_folder
from backprop_tutor.language import CANONICAL, Style, clean
from backprop_tutor.render.screen_style import plain_style, style_for
from backprop_tutor.render.screens.session_plain import SessionPlain
from backprop_tutor.render.subjects.practised import (
    Practised,
    drill_json,
    drill_lines,
    practised_blocks,
    practised_json,
    skill_list,
)
from backprop_tutor.tutor.drills import Drill
from backprop_tutor.tutor.events import Event, Finished, Left, Opened, Skipped
from backprop_tutor.tutor.evidence import EvidenceLog
from backprop_tutor.tutor.first_sessions import all_evidence
from backprop_tutor.tutor.hints import Hints
from backprop_tutor.tutor.learner_model import Learner
from backprop_tutor.tutor.nudge import Nudging
from backprop_tutor.tutor.practice import Practice
from backprop_tutor.tutor.question_step import Steps
from backprop_tutor.tutor.questions import Question
from backprop_tutor.tutor.session import Among, Session
from backprop_tutor.tutor.session_keeper import AnswerLog
from backprop_tutor.tutor.skills import SKILLS
from backprop_tutor.tutor.state import State
from backprop_tutor.tutor.store import Store, state_folder
from backprop_tutor.walkthrough import lettering_of

__all__ = ["PracticeOptions", "PracticeRun", "list_skills"]

MOST_SEEDS = 1_000_000
NOBODY = "Standard input holds no answers: nothing is asked. On a terminal the same command waits for them."


class PracticeOptions(NamedTuple):
    skills: tuple[str, ...] = ()
    minutes: float = 15
    most: int | None = None
    seed: int | None = None
    plain: bool = False
    as_json: bool = False
    notation: str | None = None


class PracticeRun:
    """Asks of whoever is there; `start` finds out who that is."""

    def __init__(self, options: PracticeOptions) -> None:
        self.options = options
        self.is_person = sys.stdin.isatty()
        self.plain = options.plain or not self.is_person
        for skill in options.skills:
            _check(skill)
        store = Store(state_folder())
        self.log = EvidenceLog(store.folder)
        self.learner = Learner(all_evidence(store, self.log))
        self.before = dict(self.learner.memories)
        seed = randrange(MOST_SEEDS) if options.seed is None else options.seed
        self.practice = Practice(self.learner, entries(shipped_folder()), seed, options.skills)
        self.notes = [*store.notes, *self.log.notes]
        self.done: list[tuple[Drill, State]] = []

    def start(self) -> int:
        """All of it. The exit status."""
        for note in dict.fromkeys(self.notes):
            print(clean(note), file=sys.stderr)
        self.notes.clear()
        return self._conversation() if self.is_person else self._replayed()

    def _conversation(self) -> int:
        began, status = monotonic(), 0
        for drill in self._drills():
            session, painter, keeper = self._set_up(drill, retry=True)
            reader = self._reader(drill, painter)
            read: Callable[[str], str] = json_line if self.options.as_json else reader
            reading = session.mark.meanwhile(read) if isinstance(session.mark, LateMarking) else read
            state, status = converse(session, drill.start, painter, keeper, reading)
            self.done.append((drill, state))
            if state.left or monotonic() - began >= 60 * self.options.minutes:
                break
        self._close()
        return status if status == INTERRUPTED else 0

    def _reader(self, drill: Drill, painter: Painter) -> LineReader:
        letters = lettering_of(drill.solution.exercise, self.options.notation)
        return LineReader(painter.redraw, lambda: completions(drill.solution, letters, drill.questions))

    def _replayed(self) -> int:
        lines = lines_of(standard_input())
        first = next(lines, None)
        if first is None:
            return self._unattended()
        lines = chain([first], lines)
        for drill in self._drills():
            session, painter, keeper = self._set_up(drill, retry=False)
            state, _ = replay(session, painter, keeper, lines, drill.start)
            self.done.append((drill, state))
            if not state.is_over:  # there are no more lines
                break
        self._close()
        return 0 if self.done and all(state.is_complete for _, state in self.done) else 1

    def _unattended(self) -> int:
        """Nobody can answer: the questions, as many as are wanted, and nothing asked."""
        for drill in islice(self._drills(), self.options.most or 1):
            session, painter, _ = self._set_up(drill, retry=False)
            painter.paint(session.start(drill.start)[1], drill.start)
            self.done.append((drill, drill.start))
        print(NOBODY, file=sys.stderr)
        return 0

    def _drills(self) -> Iterator[Drill]:
        """The next drill each time, as many as there are to be."""
        left = self.options.most
        while left is None or left > 0:
            drill = self.practice.next(most=left)
            if drill is None and not self.done:
                what = f"no shipped exercise has a question on {' or '.join(self.options.skills)}"
                raise UsageError(what, hint="`backprop-tutor practice --skills` lists all skills.")
            if drill is None:
                return
            yield drill
            left = None if left is None else left - len(drill.asked)

    def _set_up(self, drill: Drill, *, retry: bool) -> tuple[Session, Painter, "_Keeper"]:
        options, exercise = self.options, drill.solution.exercise
        number = 1 + sum(len(drill.asked) for drill, _ in self.done)
        letters = lettering_of(exercise, options.notation)
        shown = CANONICAL if options.as_json else letters
        style = style_for(sys.stdout.encoding, notation=shown)
        questions = [*drill.questions]
        steps = Steps(drill.solution, style, questions, lettering=shown)
        marking = LateMarking(drill.solution, questions, letters, shown.styled(Style(style.glyphs)))
        session = Session(
            exercise.name,
            exercise.title,
            questions,
            marking,
            Hints(steps),
            forms=steps.forms,
            retry=retry,
            kept=marking.kept,
            nudge=Nudging(drill.solution, letters),
            given=drill.given,
            among=Among(number - 1, options.most),
        )
        painter = painter_for(steps, session, plain=self.plain, as_json=options.as_json)
        if isinstance(painter, JsonPainter):
            print(drill_json(drill, steps, number), flush=True)
        else:
            painter.lines(drill_lines(drill, steps, number, in_lines=isinstance(painter, SessionPlain)))
        return session, _DrillPainter(painter), _Keeper(self, drill)

    def _close(self) -> None:
        summary = Practised(self.before, self.learner, self.done)
        if self.options.as_json:
            print(practised_json(summary, datetime.now(UTC)), flush=True)
        else:
            style = plain_style(sys.stdout.encoding)
            show(practised_blocks(summary, datetime.now(UTC)), style, plain=self.plain)


class _DrillPainter:
    """A painter that begins with the question and ends with what became of it."""

    def __init__(self, painter: Painter) -> None:
        self.painter = painter
        self.prompt, self.lines, self.closing = painter.prompt, painter.lines, painter.closing
        self.redraw, self.turn = painter.redraw, painter.turn

    def paint(self, happened: Iterable[Event], state: State) -> None:
        said = [event for event in happened if not isinstance(event, Opened | Finished | Left)]
        if state.is_over and said and isinstance(said[-1], Skipped):  # nothing goes on from that answer
            said[-1] = said[-1]._replace(answer="")
        if said:
            self.painter.paint(said, state)


class _Keeper:
    """Keeps the answers to one drill as evidence, from which the next is chosen."""

    def __init__(self, run: PracticeRun, drill: Drill) -> None:
        self.run = run
        self.answers = AnswerLog(run.log, drill.solution.exercise, "practice")
        known = zip(drill.questions, drill.start.records, strict=True)
        self.answers.begin({question.target: record for question, record in known})

    def save(self, questions: Sequence[Question], state: State) -> None:
        try:
            new = self.answers.take(questions, state)
        except AccessError as error:
            self.run.notes.append(str(error))
            return
        for entry in new:
            self.run.learner.take(entry)

    def news(self) -> list[str]:
        told, self.run.notes = self.run.notes, []
        return [clean(note) for note in dict.fromkeys(told)]


def list_skills(*, plain: bool, as_json: bool) -> None:
    """The skills by what `--skill` calls them."""
    if as_json:
        listed = [{"id": skill.id, "title": skill.title} for skill in SKILLS]
        print(json.dumps({"format": 1, "skills": listed}, ensure_ascii=False))
    else:
        show([skill_list()], plain_style(sys.stdout.encoding), plain=plain)


def _check(name: str) -> None:
    """Raises UsageError for a skill that there is not."""
    known = [skill.id for skill in SKILLS]
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`backprop-tutor practice --skills` lists them."
        raise UsageError(f"there is no skill called {clean(name)[:60]}.", hint=hint)
