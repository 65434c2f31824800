"""The same pipeline on a Ray cluster: a task a file, begun anew elsewhere when its machine goes.

A task runs the pipeline of one file on Daft's native engine, on one core of whichever machine is free. What comes of it
is a value of the file alone, so that a task that is begun twice gives twice the same, and a machine that dies costs
time and nothing else. Results are taken in the order of files, a few files ahead of the one that is waited for: what
comes out is what a single machine gives, row by row, and the driver's memory does not grow with the export.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any, Final, NewType

from amends.batch.source import Export

Cluster = NewType("Cluster", str)  # its address: ray://host:10001 from outside, host:6379 from one of its machines

_RETRIES: Final = 20  # machines that may go under one file
_AHEAD: Final = 2  # files begun for each core beside those that are worked on

type Walk = Callable[..., Iterator[Any]]


class UnableToReachCluster(Exception):
    """There is no cluster at the address, what speaks to it is not installed, or it gave up."""


@contextmanager
def joined(cluster: Cluster) -> Iterator[None]:
    """Join a cluster for the length of a run.

    :raises UnableToReachCluster: saying why not
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to its makers
    try:
        import ray
    except ImportError as error:
        raise UnableToReachCluster("a cluster needs the package 'amends[cluster]'") from error
    try:
        ray.init(address=cluster, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise UnableToReachCluster(f"{cluster}: {str(error).strip().splitlines()[0]}") from error
    try:
        yield
    except ray.exceptions.RayError as error:
        raise UnableToReachCluster(f"the cluster gave up: {str(error).strip().splitlines()[-1]}") from error
    finally:
        ray.shutdown()


def over(walk: Walk, exports: Sequence[Export], *given: Any) -> Iterator[Any]:
    """Yield what a walk gives for each of some exports, one after the other, walked on the cluster.

    :param walk: a function of a module, called as `walk(export, *given, workers=1)` on the machines
    """
    import ray

    run = ray.remote(_run).options(num_cpus=1, max_retries=_RETRIES)
    shared = [ray.put(one) for one in given]  # once a machine, and not once a file
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    waiting = iter(exports)
    under_way = deque(run.remote(walk, one, *shared) for one in islice(waiting, cores * (1 + _AHEAD)))
    while under_way:
        yield from ray.get(under_way.popleft())
        under_way.extend(run.remote(walk, one, *shared) for one in islice(waiting, 1))


def _run(walk: Walk, export: Export, *given: Any) -> list[Any]:
    """Walk through one file, on a machine of the cluster."""
    _stay_here()
    return list(walk(export, *given, workers=1))


@cache
def _stay_here() -> None:
    """Have this process work by itself: within a cluster the library would spread each file over the cluster again."""
    import daft

    daft.set_runner_native()
