"""The reference of ``bench registry``: a release read by ``iterparse``, the text of every element looked at, no more.

    python -m scanner.bench.iterparse RELEASE.zip    ->    {"rows": …, "seconds": …}

The standard library's is taken: on these files it is the faster of the two that there are (lxml's being the other).
"""

from __future__ import annotations

import json
import sys
import time
import zipfile
from typing import IO
from xml.etree.ElementTree import iterparse


def read(stream: IO[bytes]) -> int:
    """The number of devices in one part."""
    devices = 0
    for _, element in iterparse(stream, events=("end",)):  # noqa: S314 a file of our own
        _ = element.text
        if element.tag == "device":
            devices += 1
            element.clear()
    return devices


def main(release: str) -> None:
    began = time.perf_counter()
    with zipfile.ZipFile(release) as archive:
        rows = 0
        for info in archive.infolist():
            with archive.open(info) as stream:
                rows += read(stream)
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(sys.argv[1])
