"""The process that recognises text in pictures: started by ``process.Recogniser``, pictures in, readings out."""

from __future__ import annotations

import os
import signal
import sys

from scanner.ocr.process import serve


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is our parent's to answer; without it we end
    os.nice(5)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints gets among the answers
    serve(sys.stdin.buffer, answers)


main()
