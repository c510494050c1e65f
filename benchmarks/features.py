"""Time and peak memory of the table of signals, by number of accounts, and how they grow.

Each size runs in a process of its own, so that one size's peak is not another's. Loading is not
counted in the time, but the book lies in memory and counts in the peak. On a machine that does
other work besides, half the processor time says what two free cores would take.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from workbench.core.calendar import month_number
from workbench.data.load import load_book
from workbench.data.simulate import simulate, write
from workbench.features.signals.table import signal_table

MONTHS = 36
END = "2026-01-01"
GIB = 1024**2  # of the kibibytes that the system counts in


def measure(folder: Path) -> dict[str, float]:
    """Load a folder and read all signals for every month."""
    started = time.perf_counter()
    book = load_book(folder)
    loaded = time.perf_counter()
    load_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIB
    worked = time.process_time()
    last = month_number(np.datetime64(END).astype(object))
    table = signal_table(book, range(last - MONTHS + 1, last + 1))
    return {
        "rows": len(table),
        "columns": table.shape[1] - 2,
        "load_seconds": loaded - started,
        "load_peak_gib": load_peak,
        "seconds": time.perf_counter() - loaded,
        "cpu_seconds": time.process_time() - worked,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIB,
    }


def main() -> None:
    """Print one line per size, then the growth exponent from the first to the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", type=int, nargs="*", default=[10_000, 30_000, 100_000])
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    seconds = [one_size(accounts) for accounts in options.accounts]
    if len(seconds) > 1:
        ends = np.log([options.accounts[0], options.accounts[-1]])
        growth = np.diff(np.log([seconds[0], seconds[-1]])) / np.diff(ends)
        print(f"growth exponent of processor time {growth[0]:.2f}")


def one_size(accounts: int) -> float:
    """Simulate a company, measure it in another process, print it; return processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "book"
        write(simulate(accounts, MONTHS, seed=1, end=END, texts=False), source)
        command = [sys.executable, __file__, "--measure", str(source)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{accounts:>7,} accounts × {MONTHS} months, {found['columns']} signals, "
        f"{found['rows']:,} rows: {found['seconds']:.1f} s, {found['cpu_seconds']:.1f} s of "
        f"processors, peak {found['peak_gib']:.2f} GiB (loading {found['load_seconds']:.1f} s, "
        f"{found['load_peak_gib']:.2f} GiB)",
        flush=True,
    )
    return found["cpu_seconds"]


if __name__ == "__main__":
    main()
