"""Input whose size an attacker chooses: reading it may cost time only in proportion to its size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SLOW = 4.0  # a busy or slow machine takes this much longer; what is not linear takes a hundred times longer


@contextmanager
def seconds(most: float) -> Iterator[None]:
    """What is done inside costs at most ``most`` seconds of processor time of this process on a usual machine."""
    began = time.process_time()
    yield
    used = time.process_time() - began
    assert used < most * SLOW, f"{used:.1f} s of processor time; {most} s are usual"
