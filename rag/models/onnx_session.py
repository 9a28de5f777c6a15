"""Running an ONNX graph over many texts on the processor.

Each text is one run, on one thread unless runs are few, with as many threads as cores, however many
callers there are.
Nothing is padded, so a text's result does not depend on its neighbours, and int8 activations keep
the range of their own text. Measured faster than padded batches: docs/decisions/01-encoder.md.
"""

import os
from collections.abc import Mapping, Sequence
from threading import BoundedSemaphore

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def row(values: Sequence[int]) -> IntArray:
    """`values` as a batch of one: int32 [1, L]."""
    return np.array([values], dtype=np.int32)


class Graph:
    """A loaded graph with one output, for any number of threads.

    As many run at a time as there are cores: more are no faster, and each holds memory that ONNX
    Runtime keeps.
    """

    def __init__(self, model: bytes, *, shared: bool = False) -> None:
        """`shared` lets all cores work on one run: half the time where there is only one."""
        from concurrent.futures import ThreadPoolExecutor

        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = cores() if shared else 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._turns = BoundedSemaphore(cores())
        self._threads = ThreadPoolExecutor(cores(), thread_name_prefix="inference")

    def run(self, feed: Mapping[str, IntArray]) -> FloatArray:
        """The output for one set of inputs."""
        with self._turns:
            output: FloatArray = self._session.run(None, feed)[0]
        return output

    def run_each(self, feeds: Sequence[Mapping[str, IntArray]]) -> list[FloatArray]:
        """The output for each set of inputs, in order; the longest are run first."""
        if len(feeds) < 2:
            return [self.run(feed) for feed in feeds]
        order = sorted(range(len(feeds)), key=lambda i: -feeds[i]["ids"].size)
        longest_first = self._threads.map(self.run, (feeds[i] for i in order))
        outputs = dict(zip(order, longest_first, strict=True))
        return [outputs[i] for i in range(len(feeds))]
