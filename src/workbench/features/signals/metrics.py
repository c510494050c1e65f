"""Whatever else a team tracks: every name in the table `metrics` becomes two signals, by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import ibis

from workbench.data.book import Book
from workbench.features.signals.grid import KEY, buckets, cut_to_cells, flag, known_month, on_grid
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.windows import before

_MONTHS = 6


@dataclass(frozen=True)
class Metrics:
    """Reads metrics by name: the latest value, and what it differs from its own recent mean."""

    names: tuple[str, ...]

    def __call__(self, tables: Tables, cells: Cells) -> ibis.Table:
        """Return two columns per metric."""
        rows = tables["metrics"].mutate(known=known_month(tables["metrics"].month))
        values = {
            f"value_{position}": ibis.ifelse(ibis._.metric == name, ibis._.value, None).max()
            for position, name in enumerate(self.names)
        }
        grid = on_grid(cells, _MONTHS, buckets(rows, cells, _MONTHS, **values))
        ages = {
            f"{name}_{age}": before(grid[name], age) if age else grid[name]
            for name in values
            for age in range(_MONTHS)
        }
        grid = grid.select(*KEY, **ages)
        read: dict[str, Any] = {}
        for column, name in zip(values, self.names, strict=True):
            recent = [grid[f"{column}_{age}"] for age in range(_MONTHS)]
            latest, count = ibis.coalesce(*recent), _total([flag(v.notnull()) for v in recent])
            mean = _total([v.fill_null(0.0) for v in recent]) / count.nullif(0)
            read[latest_name(name)] = latest
            read[change_name(name)] = ibis.ifelse(count > 1, latest - mean, None)
        return cut_to_cells(grid.select(*KEY, **read), cells, *read)


def _total(values: list[Any]) -> Any:
    # In a stated order: floating sums depend on it.
    return reduce(add, (value.cast("float64") for value in values))


_METRIC, _CHANGE = "metric: ", ", change"


def latest_name(metric: str) -> str:
    """Name the signal of a metric's latest value.

    Parameters
    ----------
    metric : str
        As the table metrics has it.

    Returns
    -------
    str
        As the signal's column is called.
    """
    return f"{_METRIC}{metric}"


def change_name(metric: str) -> str:
    """Name the signal of a metric's change.

    Parameters
    ----------
    metric : str
        As the table metrics has it.

    Returns
    -------
    str
        As the signal's column is called.
    """
    return f"{_METRIC}{metric}{_CHANGE}"


def metric_meaning(name: str) -> str:
    """Return what a metric's signal says; another name as it is.

    Parameters
    ----------
    name : str
        Of a signal, of a metric or of another kind.

    Examples
    --------
    >>> metric_meaning("metric: uptime, change")
    'latest uptime less its own mean over the last six months'
    >>> metric_meaning("metric: uptime_pct")
    'latest uptime (%) of the last six months'
    """
    if not name.startswith(_METRIC):
        return name
    metric = name.removeprefix(_METRIC)
    if metric.endswith(_CHANGE):
        metric = metric.removesuffix(_CHANGE)
        return f"latest {_spoken(metric)} less its own mean over the last six months"
    return f"latest {_spoken(metric)} of the last six months"


def _spoken(metric: str) -> str:
    """Return a metric's name as people say it."""
    name = metric.replace("_", " ")
    return f"{name.removesuffix(' pct')} (%)" if name.endswith(" pct") else name


def metric_signals(book: Book, last_month: int) -> tuple[Signal, ...]:
    """Return two signals for every metric of which something is known by a month.

    Parameters
    ----------
    book : Book
    last_month : int
        Month number of the last reading.
    """
    if "metrics" not in book.tables:
        return ()
    table = book.tables["metrics"]
    known = table.filter(known_month(table.month) <= last_month)
    names = tuple(sorted(known.select("metric").distinct().to_pandas()["metric"]))
    return tuple(signal for name in names for signal in _pair(name, Metrics(names)))


def _pair(metric: str, compute: Metrics) -> tuple[Signal, Signal]:
    return (
        Signal(
            latest_name(metric),
            metric_meaning(latest_name(metric)),
            "product", "as recorded", ("metrics",), 0,
            f"no {metric} in these months",
            compute,
        ),
        Signal(
            change_name(metric),
            metric_meaning(change_name(metric)),
            "product", "as recorded", ("metrics",), 0,
            f"fewer than two months with {metric} in the last six",
            compute,
        ),
    )  # fmt: skip
