"""A lesson file -> a Lesson in which everything is found and proved, or every fault in it at once."""

from collections.abc import Iterator
from pathlib import Path

from backprop_tutor.course.lesson import (
    Choice,
    CurvePicture,
    FunctionPicture,
    GraphPicture,
    Lesson,
    LessonPicture,
    LessonPrediction,
    MatrixPicture,
    Screen,
)
from backprop_tutor.course.lesson_file import (
    LessonFile,
    PictureForm,
    PredictionForm,
    ScreenForm,
    checked_lesson,
)
from backprop_tutor.course.lesson_text import Paragraph, read_text
from backprop_tutor.course.reckoning import Reckoned, Reckoner
from backprop_tutor.engine import ops
from backprop_tutor.errors import AccessError, BackpropTutorError, ExerciseError, Fault, UsageError
from backprop_tutor.exercise.catalogue import find, nearest_shipped, shipped_names
from backprop_tutor.exercise.fault_report import FaultReport
from backprop_tutor.exercise.load import load
from backprop_tutor.exercise.rectangles import describe
from backprop_tutor.exercise.schema_faults import checked_model, nearest
from backprop_tutor.exercise.yaml_reader import MAX_BYTES, YamlDocument, read
from backprop_tutor.exercise.yaml_reader import Path as Place
from backprop_tutor.files import read_bytes
from backprop_tutor.grading.selection import asked
from backprop_tutor.language import clean
from backprop_tutor.language.expr import Item, Sym, name_of
from backprop_tutor.language.style import plain_text
from backprop_tutor.walkthrough import Solution, solve

__all__ = ["exercise_of", "load_lesson", "refused"]

Paragraphs = tuple[Paragraph, ...]
POINTS = 121  # of a curve
PICTURES = ("graph", "matrices", "curve", "function")


def load_lesson(path: Path) -> Lesson:
    """The lesson in the file at `path`.

    Raises AccessError where there is nothing to read, and ExerciseError with every fault in it.
    """
    shown = clean(str(path))
    report = FaultReport(read(read_bytes(path, MAX_BYTES)), shown)
    data = report.document.data
    if not isinstance(data, dict):
        if data is not None or not report.faults:
            report.add((), f"a lesson is a mapping of keys, not {describe(data)}.", "Begin with `title:`.")
        raise refused(report)
    file = checked_model(data, checked_lesson, LessonFile, report)
    if file is None:
        raise refused(report)
    return _Reader(file, report, path).lesson()


def exercise_of(name: str, folder: Path) -> str:
    """What `load` and `run` call the exercise `name` of a lesson in `folder`: a shipped name, or a file there
    where it ends in .yaml. Raises AccessError where there is none."""
    if name.endswith((".yaml", ".yml")):
        return str(find(folder / name))
    if name not in shipped_names():
        hint = f"A file beside the lesson is called {clean(name)}.yaml."
        raise AccessError(
            "there is no shipped exercise of this name.", hint=f"{nearest_shipped(name)} {hint}"
        )
    return name


def refused(report: FaultReport, what: str = "lesson") -> ExerciseError:
    """Every fault in `report`, as an error."""
    error = report.error()
    error.title = f"The {what} is not valid"
    return error


class _Reader:
    """Reads one file; `report` gathers what is wrong, `remarks` what may teach badly."""

    def __init__(self, file: LessonFile, report: FaultReport, path: Path) -> None:
        self.file, self.report, self.path = file, report, path
        self.remarks: list[str] = []
        self._reckoners: dict[str, Reckoner | None] = {}

    def lesson(self) -> Lesson:
        file = self.file
        self._reckoner(file.exercise, ("exercise",))
        for place, name in enumerate(file.further):
            self._called(name, ("further", place))
        screens = [self._screen(form, ("screens", n)) for n, form in enumerate(file.screens)]
        reckoner = self._reckoners[file.exercise]
        idea = self._text(file.idea, ("idea",), reckoner) if reckoner else ()
        if self.report.faults:
            raise refused(self.report)
        return Lesson(
            name=clean(self.path.stem),
            title=clean(file.title),
            question=clean(file.question),
            idea=idea,
            minutes=file.minutes,
            exercise=self._called(file.exercise, ("exercise",)),
            further=tuple(self._called(name, ("further", n)) for n, name in enumerate(file.further)),
            screens=tuple(screen for screen in screens if screen),
            path=self.path,
            remarks=tuple(self.remarks),
        )

    def _called(self, name: str, place: Place) -> str:
        try:
            return exercise_of(name, self.path.parent)
        except AccessError as error:
            self.report.add(place, f"{clean(name)}: {error.what}", error.hint)
            return name

    def _reckoner(self, name: str, place: Place) -> Reckoner | None:
        """The numbers of an exercise, worked out once."""
        if name not in self._reckoners:
            self._reckoners[name] = None
            before = len(self.report.faults)
            called = self._called(name, place)
            try:
                if len(self.report.faults) == before:
                    solution = solve(load(called))
                    _ = solution.loss
                    self._reckoners[name] = Reckoner(solution)
            except BackpropTutorError as error:
                what = f"the exercise {clean(name)} is not valid: {error.what}"
                self.report.add(place, what, f"`backprop-tutor validate {clean(called)}` says more.")
        return self._reckoners[name]

    def _screen(self, form: ScreenForm, at: Place) -> Screen | None:
        named = form.exercise or self.file.exercise
        reckoner = self._reckoner(named, (*at, "exercise") if form.exercise else ("exercise",))
        if not (form.say.strip() or form.picture or form.predict or form.do):
            self.report.add(at, "this screen is empty.", "Give it `say`, `picture`, `predict` or `do`.")
        if form.predict and form.do:
            self.report.add(
                (*at, "do"), "a screen asks one thing.", "Put `do` on a screen of its own.", key=True
            )
        if reckoner is None:
            return None
        return Screen(
            reckoner.solution.exercise,
            reckoner.solution,
            clean(form.title),
            self._text(form.say, (*at, "say"), reckoner),
            self._picture(form.picture, (*at, "picture"), reckoner) if form.picture else None,
            self._prediction(form.predict, (*at, "predict"), reckoner) if form.predict else None,
            tuple(self._asked(form.do or [], (*at, "do"), reckoner.solution)),
        )

    def _asked(self, names: list[str], at: Place, solution: Solution) -> Iterator[str]:
        for place, name in enumerate(names):
            try:
                asked(solution, [name])
                yield name
            except BackpropTutorError as error:
                self.report.add((*at, place), error.what, error.hint)

    def _text(self, text: str, at: Place, reckoner: Reckoner) -> tuple[Paragraph, ...]:
        def fault(raw: str, nth: int, what: str, hint: str) -> None:
            line, column = _where(self.report.document, at, raw, nth)
            self.report.faults.append(Fault(what, hint, line, column))

        def warn(raw: str, nth: int, what: str, hint: str) -> None:
            line, _ = _where(self.report.document, at, raw, nth)
            self.remarks.append(f"line {line}: {what} {hint}")

        return read_text(text, reckoner, fault, warn)

    def _prediction(self, form: PredictionForm, at: Place, reckoner: Reckoner) -> LessonPrediction | None:
        ask, then = (self._text(getattr(form, part), (*at, part), reckoner) for part in ("ask", "then"))
        if (form.choices is None) == (form.number is None):
            self.report.add(at, "a prediction has either `choices` or a `number`.", "Give one of the two.")
            return None
        if form.number is not None:
            return self._number(form.number, (*at, "number"), ask, then, reckoner)
        choices, holding = [], []
        for place, choice in enumerate(form.choices or []):
            here = (*at, "choices", place)
            say, but = (self._text(getattr(choice, part), (*here, part), reckoner) for part in ("say", "but"))
            choices.append(Choice(say, but))
            try:
                if reckoner.holds(reckoner.condition(choice.when)):
                    holding.append(place)
            except BackpropTutorError as error:
                self.report.add((*here, "when"), error.what, error.hint)
                return None
        if len(holding) != 1:
            right = " and ".join(str(place + 1) for place in holding) or "none"
            what = f"one answer must be right, and here {right} {'are' if len(holding) > 1 else 'is'}."
            self.report.add((*at, "choices"), what, "Change `when`.", key=True)
            return None
        return LessonPrediction(ask, then, tuple(choices), holding[0])

    def _number(
        self, text: str, at: Place, ask: Paragraphs, then: Paragraphs, reckoner: Reckoner
    ) -> LessonPrediction | None:
        try:
            reckoned = reckoner.read(text)
            number = reckoner.amount(reckoned).number
        except BackpropTutorError as error:
            self.report.add(at, error.what, error.hint)
            return None
        quantity = ""
        match reckoned:
            case Reckoned(Sym() | Item() as name, ()) if reckoner.solution.step(name_of(name)):
                quantity = plain_text(name)
        return LessonPrediction(ask, then, number=number, quantity=quantity)

    def _picture(self, form: PictureForm, at: Place, reckoner: Reckoner) -> LessonPicture | None:
        said = {kind: value for kind in PICTURES if (value := getattr(form, kind))}
        if len(said) != 1:
            self.report.add(
                at, "a picture is one of graph, matrices, curve and function.", "Keep one of them."
            )
            return None
        ((kind, value),) = said.items()
        if kind != "curve" and (form.of or form.range):
            self.report.add(at, "`of` and `range` belong to a curve.", "Remove them.")
        try:
            match kind:
                case "graph" if value == "all":
                    return GraphPicture("")
                case "graph" | "matrices":
                    solution = reckoner.solution
                    quantity = solution.find(value).name
                    if solution.step(quantity) is None:
                        what = f"{quantity} is no step of the exercise."
                        raise UsageError(what, hint="`solve` shows the steps.")
                    return GraphPicture(quantity) if kind == "graph" else MatrixPicture(quantity)
                case "function":
                    known = {name: op.name for name, op in ops.activations().items() if len(op.partials) == 1}
                    if value not in known:
                        self.report.add(
                            (*at, kind), f"`{clean(value)}` is no function.", nearest(value, known)
                        )
                        return None
                    return FunctionPicture(known[value])
            return self._curve(form, at, reckoner)
        except BackpropTutorError as error:
            self.report.add((*at, kind), error.what, error.hint)
            return None

    def _curve(self, form: PictureForm, at: Place, reckoner: Reckoner) -> CurvePicture | None:
        if not form.of or not form.range or form.range[0] >= form.range[1]:
            self.report.add(at, "a curve needs `of` and `range`.", "Write {curve: J, of: w, range: [-1, 3]}.")
            return None
        shown, by = reckoner.read(str(form.curve)), reckoner.read(form.of)
        low, high = form.range
        places = [low + (high - low) * k / (POINTS - 1) for k in range(POINTS)]
        y = []
        for place in places:
            at_place = reckoner.read(f"{form.curve} at {form.of} = {place}")
            y.append(reckoner.amount(at_place).number[0])
        if not name_of(shown.formula):
            self.report.add((*at, "curve"), "a curve shows one quantity.", "Name it, as in J.")
        here = reckoner.amount(by).number[0], reckoner.amount(Reckoned(shown.formula)).number[0]
        return CurvePicture(shown.formula, by.formula, tuple(map(float, places)), tuple(y), here)


def _where(document: YamlDocument, at: Place, raw: str, nth: int) -> tuple[int, int]:
    """The line and column of the stretch `raw` of the text at `at`, of those alike the `nth`; of the whole
    text where it cannot be found."""
    start = document.place(at)
    lines = document.text.splitlines()
    row, column = start.line - 1, start.column - 1
    while raw and row < len(lines):
        found = lines[row].find(raw, column)
        if found < 0:
            row, column = row + 1, 0
        elif nth:
            nth, column = nth - 1, found + len(raw)
        else:
            return row + 1, found + 1
    return start.line, start.column
