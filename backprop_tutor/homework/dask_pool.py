"""The marking on a Dask cluster: shards of tasks, their results in order, the same as on one machine.

Each thread of Dask's workers has a `WorkerPool` of one process: a task that hangs or kills its process is
lost alone. A worker of Dask that dies costs nothing: its shards are done again elsewhere.
"""

import logging
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from multiprocessing import current_process
from typing import Any

from backprop_tutor.errors import AccessError, BackpropTutorError, UsageError
from backprop_tutor.homework.worker_pool import Ready, Task, WorkerPool
from backprop_tutor.language import clean

__all__ = ["DaskPool", "mark_shard"]

SHARD = 50  # tasks that go to a worker at once
AHEAD = 3  # shards a worker's thread that may wait for it
RETRIES = 3  # of a shard that fails, beside those of Dask for a worker that dies
PATIENCE = 30  # seconds until a scheduler answers

_OWN = threading.local()  # of a worker's thread: its pool, and what that was made of


class DaskPool:
    """`make(*setup)` runs beside each thread of the cluster's workers and gives the function for a task.

    The cluster is the one whose scheduler is at the address `scheduler`, or one of `jobs` workers on this
    machine. Raises UsageError where Dask is not installed, and AccessError for a scheduler that is not there.
    """

    def __init__(self, make: Callable[..., Callable[[Any], Any]], setup: tuple[Any, ...], jobs: int,
                 timeout: float, scheduler: str = "") -> None:  # fmt: skip
        self.work = pickle.dumps((make, setup, timeout))
        self.jobs, self.scheduler = jobs, scheduler

    def run(self, tasks: Iterable[Task | Ready]) -> Iterator[Any]:
        """The result of each task, or a Lost, in the order of the tasks."""
        with ExitStack() as stack:
            client = self._client(stack)
            most = AHEAD * max(sum(client.nthreads().values()), 1)
            shards: deque[tuple[list[Task | Ready], Any]] = deque()
            source = iter(tasks)
            while True:
                while len(shards) < most and (shard := list(islice(source, SHARD))):
                    work = [task for task in shard if isinstance(task, Task)]
                    settings = {"pure": False, "retries": RETRIES}
                    future = client.submit(mark_shard, self.work, work, **settings) if work else None
                    shards.append((shard, future))
                if not shards:
                    return
                shard, future = shards.popleft()
                done = iter(_result(future) if future else ())
                for task in shard:
                    yield task.result if isinstance(task, Ready) else next(done)

    def _client(self, stack: ExitStack) -> Any:
        try:
            import distributed
        except ImportError:
            hint = "Install it: pip install 'backprop-tutor[dask]'."
            raise UsageError("Dask is not installed here.", hint=hint) from None
        parts: Any = distributed  # it has no types
        where: Any = self.scheduler
        if not where:
            settings = {"dashboard_address": None, "silence_logs": logging.ERROR}
            where = stack.enter_context(
                parts.LocalCluster(n_workers=self.jobs, threads_per_worker=1, **settings)
            )
        try:
            return stack.enter_context(parts.Client(where, timeout=PATIENCE, set_as_default=False))
        except (OSError, ValueError) as error:
            said = clean(str(error)).partition("\n")[0][:200]
            raise AccessError(f"there is no Dask scheduler: {said}.", where=clean(str(where))[:100]) from None


def _result(future: Any) -> list[Any]:
    try:
        results: list[Any] = future.result()
    except Exception as error:  # of Dask, or of what should start beside a worker
        what = f"Dask could not do the work: {type(error).__name__}: {clean(str(error))[:200]}."
        hint = "Has every worker this version of the program? The same command goes on from where it was."
        raise BackpropTutorError(what, hint=hint) from None
    return results


def mark_shard(work: bytes, tasks: list[Task]) -> list[Any]:
    """What a thread of a worker does; its process goes on to the next shard."""
    if getattr(_OWN, "work", None) != work:
        if hasattr(_OWN, "pool"):
            _OWN.pool.close()
        make, setup, timeout = pickle.loads(work)
        _OWN.work, _OWN.pool = work, WorkerPool(make, setup, 1, timeout)
        # Dask's workers are daemons, which may not have children; ours ends as soon as its pipe does.
        vars(current_process()).get("_config", {})["daemon"] = False
    return list(_OWN.pool.run(tasks, keep=True))
