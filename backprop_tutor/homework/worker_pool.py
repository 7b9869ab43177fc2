"""A pool of worker processes that gives results in order and loses one task, never more, to a bad one.

A task that takes too long, or takes its worker down, becomes a `Lost`; the worker is replaced. The ready
pools of the standard library can neither stop one task nor go on after a worker has died. `pebble`'s can,
and was weighed (5.2): it takes 1.1 to 1.7 times as long for small tasks, since each goes alone, and half of
this file would stay: what a worker sets up and keeps, results in order from a stream that is read only as
far ahead as there is work, the bound on memory, the time that starting may take, interruptions held back.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any

from backprop_tutor.errors import BackpropTutorError

__all__ = ["Lost", "Ready", "Task", "WorkerPool"]

WINDOW = 32  # tasks a worker whose results may wait for an earlier one
AHEAD = 4  # tasks given to a worker before it has done the first
AHEAD_BYTES = 32 * 1024  # of their payloads: a pipe holds more, so that giving never blocks
START = 120.0  # seconds that a worker may take to start
MEMORY = 4 << 30  # bytes of address space a worker may use, where the system can say so
_CONTEXT = get_context("spawn")  # the same on every system, and safe beside threads


@dataclass(frozen=True, slots=True)
class Task:
    """Work for a worker: anything that can be sent to it, and about how many bytes that is."""

    payload: Any
    size: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """A result that needs no work, in its place among the tasks."""

    result: Any


@dataclass(frozen=True, slots=True)
class Lost:
    """Why there is no result."""

    reason: str


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Any
    pending: deque[tuple[int, Task]] = field(default_factory=deque)
    since: float = 0.0
    started: bool = False

    def room(self, size: int) -> bool:
        waiting = sum(task.size for _, task in self.pending)
        return not self.pending or (len(self.pending) < AHEAD and waiting + size < AHEAD_BYTES)

    def give(self, number: int, task: Task) -> None:
        if not self.pending:
            self.since = monotonic()
        self.pending.append((number, task))
        self.pipe.send(task.payload)


class WorkerPool:
    """`make(*setup)` runs in each worker and gives the function that does one task there.

    `make` and `setup` are sent to the workers, so they are picklable.
    """

    def __init__(self, make: Callable[..., Callable[[Any], Any]], setup: tuple[Any, ...], jobs: int,
                 timeout: float) -> None:  # fmt: skip
        self.make, self.setup, self.jobs, self.timeout = make, setup, jobs, timeout
        self.workers: list[_Worker] = []

    def run(self, tasks: Iterable[Task | Ready], *, keep: bool = False) -> Iterator[Any]:
        """The result of each task, or a Lost, in the order of the tasks. Workers start at the first task, and
        end with the last one, unless the pool is to `keep` them for another run."""
        results: dict[int, Any] = {}
        source = enumerate(tasks)
        waiting: deque[tuple[int, Task]] = deque()
        given = out = 0
        more = True
        try:
            while more or out < given:
                while more and not waiting and given - out < self.jobs * WINDOW:
                    number, task = next(source, (-1, None))
                    if task is None:
                        more = False
                    elif isinstance(task, Ready):
                        results[number] = task.result
                        given += 1
                    else:
                        waiting.append((number, task))
                        given += 1
                    self._hand_out(waiting)
                while out in results:
                    yield results.pop(out)
                    out += 1
                if waiting or any(worker.pending for worker in self.workers):
                    for number, result, left in self._collect():
                        results[number] = result
                        waiting.extendleft(reversed(left))
                    self._hand_out(waiting)
        except BaseException:
            keep = False
            raise
        finally:
            if not keep:
                self.close()

    def close(self) -> None:
        for worker in self.workers:
            worker.process.kill()
            worker.pipe.close()
        for worker in self.workers:
            worker.process.join()
        self.workers.clear()

    def _hand_out(self, waiting: deque[tuple[int, Task]]) -> None:
        while waiting:
            size = waiting[0][1].size
            idle = min(self.workers, key=lambda worker: len(worker.pending), default=None)
            if len(self.workers) < self.jobs and (idle is None or idle.pending):
                idle = self._hire()
            if idle is None or not idle.room(size):
                return
            with suppress(OSError):  # it has died; `_collect` finds its tasks
                idle.give(*waiting.popleft())

    def _hire(self) -> _Worker:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_work, args=(theirs, self.make, self.setup), daemon=True)
        with _interrupts_held():
            process.start()
        theirs.close()
        worker = _Worker(process, ours, since=monotonic())
        self.workers.append(worker)
        return worker

    def _collect(self) -> Iterator[tuple[int, Any, list[tuple[int, Task]]]]:
        """What came back: the task's number, its result, and tasks to be given to another worker."""
        busy = [worker for worker in self.workers if worker.pending]
        nearest = min(worker.since + self._limit(worker) for worker in busy)
        ready = set(wait([worker.pipe for worker in busy], max(nearest - monotonic(), 0.0)))
        for worker in busy:
            if worker.pipe in ready:
                try:
                    result = worker.pipe.recv()
                except (EOFError, OSError):
                    yield self._lose(worker, "it brought the marker down")
                    continue
                worker.since = monotonic()
                if worker.started:
                    yield worker.pending.popleft()[0], result, []
                worker.started = True
            elif monotonic() > worker.since + self._limit(worker):
                yield self._lose(worker, f"it took longer than {self.timeout:g} s")

    def _limit(self, worker: _Worker) -> float:
        return self.timeout if worker.started else START

    def _lose(self, worker: _Worker, reason: str) -> tuple[int, Any, list[tuple[int, Task]]]:
        self.workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if not worker.started:
            raise BackpropTutorError("a worker process could not start.", hint="Is there memory enough?")
        number, _ = worker.pending.popleft()
        return number, Lost(reason), list(worker.pending)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """What starts inside never sees an interruption, not even before its first line; here it comes after."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: "Connection[Any, Any]", make: Callable[..., Callable[[Any], Any]],
          setup: tuple[Any, ...]) -> None:  # fmt: skip
    """The life of a worker: it ends when the pipe does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that asked for the work decides
    _limit_memory()
    do = make(*setup)
    result = None
    while True:
        try:
            pipe.send(result)
            payload = pipe.recv()
        except (EOFError, OSError):
            return
        result = do(payload)


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        pass  # not every system can
