"""`python -m tests.bench`: measure on this machine and compare with the aims.

Ratios are taken inside one run, because two runs on a busy machine are not comparable.
"""

import argparse
import asyncio
import importlib
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from bus.run import configure_logs
from tests.bench.bench_lab import Figure, Run

PARTS = ("projector", "decide", "file", "ingest", "take", "render", "people", "day")
SIZES = {"quick": "small logs, about a minute", "full": "logs of two million events"}
COLUMNS = ("part", "what", "median", "least .. most", "n", "aim", "")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)}")
    parser.set_defaults(size="default")
    for size, text in SIZES.items():
        parser.add_argument(f"--{size}", dest="size", action="store_const", const=size, help=text)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return asked


def say(text: str) -> None:
    """Progress, apart from the table."""
    print(f"  {text}", file=sys.stderr, flush=True)


async def measure(asked: argparse.Namespace) -> list[Figure]:
    """Run the parts one after the other, each on servers of its own."""
    figures: list[Figure] = []
    for part in asked.parts or PARTS:
        module = importlib.import_module(f"tests.bench.bench_{part}")
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="railcast-bench-") as folder:
            figures += await module.measure(Run(Path(folder), asked.size, say))
        say(f"{part}: {time.monotonic() - started:.0f} s")
    return figures


def number(value: float) -> str:
    """Three significant digits, whole thousands with separators."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(figures: list[Figure]) -> str:
    """The figures as text in columns."""
    lines = [COLUMNS]
    for f in figures:
        sign = "at least" if f.better == "higher" else "at most"
        verdict = {True: "met", False: "MISSED", None: ""}[f.met]
        lines.append(
            (
                f.part,
                f.name,
                f"{number(f.median)} {f.unit}",
                f"{number(f.least)} .. {number(f.most)}",
                str(f.n),
                "" if f.aim is None else f"{sign} {number(f.aim)}",
                verdict,
            )
        )
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(t.ljust(w) for t, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def main() -> None:
    """Measure, print, and fail when an aim was missed."""
    asked = arguments()
    configure_logs("bench", "error")
    before = machine()
    figures = asyncio.run(measure(asked))
    print(table(figures))
    if asked.json:
        rows = [
            {name: getattr(f, name) for name in f.__struct_fields__} | {"met": f.met}
            for f in figures
        ]
        asked.json.write_text(json.dumps({"machine": before, "figures": rows}, indent=1) + "\n")
    sys.exit(any(f.met is False for f in figures))


if __name__ == "__main__":
    main()
