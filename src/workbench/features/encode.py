"""Columns of any kind to numbers a model can use, by rules learnt on the training rows only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.names import MISSING
from workbench.features.curves import curve_basis, curve_values

CLIP_SD = 4.0
MAX_LEVELS = 12
MIN_MISSING_SHARE = 0.02
SAME_GAPS = 0.95
CURVE = "curve"


@dataclass(frozen=True)
class EncodedColumn:
    """One encoded column: how to read it and how to scale it.

    Parameters
    ----------
    name : str
        Its name in the model: `arr`, `industry: Retail` or `employees: missing`.
    source : str
        The column that it reads.
    kind : {"number", "level", "missing", "curve"}
        A standardised number; 1 where the text equals `level`; 1 where the value is missing; what a
        standardised number does beyond its line.
    mean, sd : float
        Subtracted, then divided by; indicators keep sd 1, so a coefficient is for having it.
    level : str
        The text that a level column stands for.
    knots, heights : tuple of float
        Of a curve, the natural cubic spline through these points of the standardised number.
    """

    name: str
    source: str
    kind: str
    mean: float
    sd: float = 1.0
    level: str = ""
    knots: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()

    def coded(self, scaled: np.ndarray) -> np.ndarray:
        """Return what the model reads of a number.

        Parameters
        ----------
        scaled : ndarray, shape (value,)
            (x - mean) / sd.

        Returns
        -------
        ndarray, shape (value,)
            Cut at 4 sd, so that no single account rules a coefficient; a curve's height there.
        """
        cut = np.clip(scaled, -CLIP_SD, CLIP_SD)
        if self.kind != CURVE:
            return cut
        return curve_values(cut, np.array(self.knots), np.array(self.heights))


@dataclass(frozen=True)
class Encoder:
    """What `encode` needs to turn a table into a matrix; its columns are the model's columns."""

    columns: tuple[EncodedColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the encoded columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def straight(self) -> int:
        """How many columns stand before those of curves, which are the last."""
        return sum(column.kind != CURVE for column in self.columns)

    @property
    def curves(self) -> tuple[str, ...]:
        """Names of the columns that are what a number does beyond its line."""
        return self.names[self.straight :]

    def curves_of(self, number: EncodedColumn) -> dict[int, EncodedColumn]:
        """Return what a number does beyond its line, by position among the columns.

        Parameters
        ----------
        number : EncodedColumn
            One of the columns, of kind number.
        """
        columns = enumerate(self.columns)
        return {at: c for at, c in columns if c.kind == CURVE and c.source == number.source}


def fit_encoder(table: pd.DataFrame, *, curves: bool = False) -> Encoder:
    """Learn scales, levels and missingness from training rows.

    Parameters
    ----------
    table : DataFrame
        Numbers, flags or texts, one row per unit. Columns that never vary are left out. A text
        column becomes one column for each level but the most frequent; it may have at most 12
        levels, rarer ones share the reference. Of columns that say the same about every unit ("no
        internet" beside every service that needs it) the one with the shortest name stays. Where
        at least 2 % are missing, an indicator says so; columns that are missing together
        (correlation above 0.95) share the first one's.
    curves : bool
        Whether numbers may bend: those with six values or more get up to three further columns.

    Returns
    -------
    Encoder
    """
    columns: list[EncodedColumn] = []
    gaps = np.empty((0, len(table)))
    for name in table.columns:
        values = table[name]
        found = _columns_of(str(name), values)
        columns.extend(found)
        gap = values.isna().to_numpy(float)
        if found and MIN_MISSING_SHARE < gap.mean() < 1 and not _repeats(gap, gaps):
            gaps = np.vstack([gaps, _standardised(gap)])
            label = f"{name}: {MISSING.strip('()')}"
            columns.append(EncodedColumn(label, str(name), "missing", float(gap.mean())))
    kept = _distinct(columns, table)
    bent = [bow for column in kept for bow in _curves_of(column, table)] if curves else []
    return Encoder((*kept, *bent))


def encoded_count(table: pd.DataFrame) -> int:
    """Return about how many columns a table is encoded in, before those that say the same go.

    Parameters
    ----------
    table : DataFrame
        As for `fit_encoder`.
    """
    return sum(
        min(values.nunique() - 1, MAX_LEVELS) if _is_text(values) else 1
        for _, values in table.items()
    )


def encode(encoder: Encoder, table: pd.DataFrame) -> np.ndarray:
    """Apply an encoder.

    Parameters
    ----------
    encoder : Encoder
        Columns, means and standard deviations, learnt from the training rows.
    table : DataFrame
        With every column that the encoder reads; further ones are passed over.

    Returns
    -------
    ndarray of float64, shape (rows, columns)
        Numbers are (x - mean) / sd, cut at 4 sd so that no single account rules a coefficient;
        missing numbers stand at the training mean, beside their indicator, and on no curve.
    """
    out = np.zeros((len(table), len(encoder.columns)))
    for position, column in enumerate(encoder.columns):
        values = table[column.source]
        if column.kind == "level":
            raw = values.astype("str").eq(column.level).to_numpy(float)
        elif column.kind == "missing":
            raw = values.isna().to_numpy(float)
        else:
            raw = _numbers(values)
        coded = column.coded((raw - column.mean) / column.sd)
        out[:, position] = np.nan_to_num(coded, nan=0.0)
    return out


def _distinct(columns: list[EncodedColumn], table: pd.DataFrame) -> list[EncodedColumn]:
    """Leave out columns that equal another one or its opposite."""
    kept: dict[bytes, EncodedColumn] = {}
    values = encode(Encoder(tuple(columns)), table)
    for column, value in zip(columns, values.T, strict=True):
        # Rounded, since a share and its complement differ in the last digit; + 0.0 for -0.0.
        direction = np.round(value * np.sign(value[np.flatnonzero(value)[:1]]), 9) + 0.0
        same = kept.get(direction.tobytes())
        if same is None or len(column.name) < len(same.name):
            kept[direction.tobytes()] = column
    chosen = set(kept.values())
    return [column for column in columns if column in chosen]


def _columns_of(name: str, values: pd.Series) -> list[EncodedColumn]:
    columns = []
    if _is_text(values):
        counts = values.dropna().astype("str").value_counts()
        for level in counts.index[1 : MAX_LEVELS + 1]:
            share = float(values.astype("str").eq(level).mean())
            columns.append(
                EncodedColumn(f"{name}: {level}", name, "level", share, level=str(level))
            )
    else:
        numbers = _numbers(values)
        known = numbers[~np.isnan(numbers)]
        if len(known) and known.std() > 1e-12:
            is_flag = set(np.unique(known)) <= {0.0, 1.0}
            sd = 1.0 if is_flag else float(known.std())
            columns.append(EncodedColumn(name, name, "number", float(known.mean()), sd))
    return columns


def _curves_of(column: EncodedColumn, table: pd.DataFrame) -> list[EncodedColumn]:
    """Return what a number may do beyond its line, over the rows in which it is known."""
    if column.kind != "number":
        return []
    known = _numbers(table[column.source])
    known = (known[~np.isnan(known)] - column.mean) / column.sd
    knots, heights = curve_basis(np.clip(known, -CLIP_SD, CLIP_SD), CLIP_SD)
    return [
        replace(
            column,
            name=f"{column.name}: curve {nth}",
            kind=CURVE,
            knots=tuple(knots.tolist()),
            heights=tuple(height.tolist()),
        )
        for nth, height in enumerate(heights.T, start=1)
    ]


def _standardised(gap: np.ndarray) -> np.ndarray:
    return (gap - gap.mean()) / gap.std()


def _repeats(gap: np.ndarray, gaps: np.ndarray) -> bool:
    """Tell whether a gap goes with one of the standardised gaps so far."""
    return bool((gaps @ _standardised(gap) / len(gap) > SAME_GAPS).any())


def _is_text(values: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values))


def _numbers(values: pd.Series) -> np.ndarray:
    return values.astype("Float64").to_numpy(float, na_value=np.nan)
