"""``python -m scanner.demo [--port N]``: the mall for a person to look at, until Ctrl+C."""

from __future__ import annotations

import argparse
import threading

from scanner.demo.mall import serve


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m scanner.demo", description="在本机打开演示商城")
    arguments.add_argument("--port", type=int, default=0, help="端口（默认任选一个空闲的）")
    with serve(arguments.parse_args().port) as mall:
        print(mall.base_url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
