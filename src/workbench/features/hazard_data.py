"""From a book to the tables and arrays of the hazard model, as of a date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, parse_date
from workbench.core.settings import ContractSettings
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.data.leaks import EMPLOYEES, Leak, find_leaks
from workbench.data.reach import default_as_of
from workbench.data.source.shape.snapshot import is_snapshot
from workbench.features.at_risk import (
    Window,
    at_risk_rows,
    coming_rows,
    draw_leads,
    future_rows,
    observation_window,
)
from workbench.features.committed import signed_steps, with_certainty
from workbench.features.covariates import chosen_covariates, crowded
from workbench.features.data_refusals import refuse_empty, refuse_unknown_groups
from workbench.features.design import Coding, Design, build_design, fit_coding
from workbench.features.joined_columns import (
    REVENUE,
    account_columns,
    attribute_names,
    with_columns,
    with_signals,
)
from workbench.features.late_entry import customer_since
from workbench.features.leaving_ahead import with_notices
from workbench.features.signals.table import known_signals, signal_table

USUAL_GROUPS = ("industry", "segment", "region", "owner", "parent")


@dataclass(frozen=True)
class DataSpecification:
    """What is asked of the book.

    Parameters
    ----------
    as_of : str
        ISO date; nothing known on or after it is used. Empty: see `default_as_of`.
    horizon_months : int
        Months to forecast.
    covariates : tuple of str
        Signals and attributes; empty takes those of `features.covariates.USUAL` that the book has,
        every metric's latest value and every attribute, of a snapshot the attributes alone (see
        `features.covariates.crowded` for too many of them); `("all",)` takes everything. Attributes
        that tell the outcome (`workbench.data.leaks`) are used only where they are named.
    groups : tuple of str, optional
        Account columns whose levels are pooled; those without two levels are left out. None takes
        those of `USUAL_GROUPS` that do not tell the outcome.
    observed_from : str
        ISO date from which endings are on record; empty finds it, see `observation_window`.
    seed : int
        Of the leads at which signals are read.
    curves : bool
        Whether the effects of numbers may bend; see `workbench.features.curves`.
    """

    as_of: str = ""
    horizon_months: int = 24
    covariates: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None
    observed_from: str = ""
    seed: int = 0
    curves: bool = False


def specification_of(settings: ContractSettings, as_of: str | None = None) -> DataSpecification:
    """Return what a report's settings ask, at their own as-of date or at another.

    Parameters
    ----------
    settings : ContractSettings
        Of any report that forecasts the book.
    as_of : str, optional
        ISO date in place of the settings' own; empty means the date of the book.
    """
    return DataSpecification(
        as_of=settings.as_of if as_of is None else as_of,
        horizon_months=settings.horizon_months,
        covariates=tuple(settings.covariates),
        groups=None if settings.groups is None else tuple(settings.groups),
        observed_from=settings.observed_from,
        seed=settings.seed,
        curves=settings.curves,
    )


@dataclass(frozen=True)
class HazardData:
    """Everything between the checked tables and the model.

    Parameters
    ----------
    as_of : Timestamp
    window : Window
        Months in which endings are on record.
    subscriptions : Subscriptions
    accounts : DataFrame
        One row per account.
    rows, future : DataFrame
        At-risk rows of the past, and the months to forecast, with attributes and the signals used
        joined on.
    design, future_design : Design
        The same as arrays, coded alike.
    signed, coming : DataFrame
        What is signed and has not begun, see `workbench.features.committed.signed_steps`, and who
        has given notice, see `workbench.features.leaving_ahead.with_notices`; and one row
        for each subscription that has not begun, as in `future`.
    coming_design : Design, optional
        Those rows as arrays; none without such rows.
    signals, attributes, groups : tuple of str
        Columns used of each kind.
    leaks : tuple of Leak
        Columns that tell the outcome and were left out for it.
    crowded : tuple of str
        Attributes that were left out because they are too many and nobody named one.
    is_snapshot : bool
        The book shows one day, not a history (see `data.source.shape.snapshot.is_snapshot`): the
        level of survival is then not real.
    """

    as_of: pd.Timestamp
    window: Window
    subscriptions: Subscriptions
    accounts: pd.DataFrame
    rows: pd.DataFrame
    future: pd.DataFrame
    design: Design
    future_design: Design
    signed: pd.DataFrame
    coming: pd.DataFrame
    coming_design: Design | None
    signals: tuple[str, ...]
    attributes: tuple[str, ...]
    groups: tuple[str, ...]
    leaks: tuple[Leak, ...]
    crowded: tuple[str, ...]
    is_snapshot: bool

    @property
    def endings(self) -> int:
        """Endings on record, from which the model learns; with none it says what its priors say."""
        return int((self.rows["event"] & self.rows["observed"]).sum())

    @property
    def coding(self) -> Coding:
        """How columns became numbers."""
        return self.design.coding


def hazard_data(
    book: Book,
    specification: DataSpecification,
    leaks: tuple[Leak, ...] | None = None,
    read: pd.DataFrame | None = None,
) -> HazardData:
    """Prepare a book for the hazard model.

    Parameters
    ----------
    book : Book
    specification : DataSpecification
    leaks : tuple of Leak, optional
        Columns of accounts that tell the outcome; by default looked for in the whole book, also
        after the as-of date: `accounts` has today's values, and what tells only later endings
        would make a forecast of the past look prophetic. Give them for a book that was cut.
    read : DataFrame, optional
        The signals of the model, read before for every month of the window, as `signal_table`
        reads them: many days of one book then share one reading.

    Returns
    -------
    HazardData
        What the hazard model is fitted to and what it forecasts.

    Raises
    ------
    DataError
        When nobody is at risk in the window, or nobody is a customer at the as-of date.
    ParameterError
        When a covariate or group is unknown, or the as-of date is no date.
    """
    as_of = parse_date(specification.as_of, "as_of") if specification.as_of else default_as_of(book)
    contracts = book.frame("contracts")
    today = is_today(book, contracts, as_of)
    chains = subscriptions(contracts, as_of, unsigned_ahead=today)
    spans, stated = chains.spans, book.snapshot_on is not None
    snapshot = is_snapshot(spans["started_on"], spans["ended_on"], stated)
    accounts = account_columns(book)
    window = _window(specification, chains, as_of)
    since = customer_since(chains.spans, book.frame("accounts"), window.first_month)
    rows = at_risk_rows(chains.spans, chains.terms, window, since)
    signed = with_notices(signed_steps(chains, as_of), book, contracts, chains)
    months = specification.horizon_months
    future = future_rows(chains.spans, chains.terms, as_of, months, since)
    future = with_certainty(future, signed)
    coming = coming_rows(chains.spans, chains.terms, as_of)
    refuse_empty(rows, future, as_of, window)
    rows = draw_leads(rows, window, np.random.default_rng(specification.seed))
    future["read_month"] = coming["read_month"] = month_number(as_of)
    months = sorted({*rows.loc[rows["observed"], "read_month"].astype(int), month_number(as_of)})
    tables = with_columns((rows, future, coming), accounts)
    attributes = [c for c in [*attribute_names(accounts), REVENUE] if tables[0][c].notna().any()]
    signals = () if snapshot and not specification.covariates else known_signals(book, months[-1])
    found = book_leaks(book, chains, as_of) if leaks is None else leaks
    named = (*specification.covariates, *(specification.groups or ()))
    leaks = tuple(leak for leak in found if leak.name not in named)
    leaked = {leak.name for leak in leaks}
    own = [c for c in attributes if c not in {*leaked, EMPLOYEES, REVENUE}]
    crowd = crowded(specification.covariates, own, tables[0])
    known = {
        "signals": [signal.name for signal in signals],
        "attributes": [c for c in attributes if c not in {*leaked, *crowd}],
    }
    chosen = chosen_covariates(specification.covariates, known)
    asked = [signal for signal in signals if signal.name in chosen["signals"]]
    read = signal_table(book, months, asked) if read is None else read
    rows, future, coming = (with_signals(table, read, chains) for table in tables)
    wanted = USUAL_GROUPS if specification.groups is None else specification.groups
    refuse_unknown_groups(wanted, accounts)
    groups = [g for g in wanted if g in accounts and g not in leaked and accounts[g].nunique() > 1]
    names, curves = (chosen["signals"], chosen["attributes"], groups), specification.curves
    coding = fit_coding(rows, *names, future, curves=curves)
    return HazardData(
        as_of=as_of,
        window=window,
        subscriptions=chains,
        accounts=accounts,
        rows=rows,
        future=future,
        design=build_design(rows, coding),
        future_design=build_design(future, coding),
        signed=signed,
        coming=coming,
        coming_design=build_design(coming, coding) if len(coming) else None,
        signals=tuple(chosen["signals"]),
        attributes=tuple(chosen["attributes"]),
        groups=coding.groupings,
        leaks=leaks,
        crowded=crowd,
        is_snapshot=snapshot,
    )


def book_leaks(
    book: Book, chains: Subscriptions | None = None, as_of: pd.Timestamp | None = None
) -> tuple[Leak, ...]:
    """Return the columns of accounts that tell the outcome, by all that the book holds.

    Parameters
    ----------
    book : Book
    chains : Subscriptions, optional
        Of the book as of `as_of`; used if nothing is known later.
    as_of : Timestamp, optional
        The day of `chains`.
    """
    until = default_as_of(book)
    if chains is None or as_of is None or as_of < until:
        chains, as_of = subscriptions(book.frame("contracts"), until), until
    return find_leaks(book.frame("accounts"), chains.spans, as_of)


def is_today(book: Book, contracts: pd.DataFrame, as_of: pd.Timestamp) -> bool:
    """Tell whether the data reach no further than a date, where that makes a difference.

    Of today's data a contract that starts later is signed, whether or not its signature is on
    record; on an earlier day it may not have been.

    Parameters
    ----------
    book : Book
        From whose tables the end of the data is read.
    contracts : DataFrame
        With start_on and, it may be, signed_on.
    as_of : Timestamp
        The day of reading.
    """
    unsigned = contracts["start_on"] >= as_of
    if "signed_on" in contracts:
        unsigned &= contracts["signed_on"].isna()
    return bool(unsigned.any()) and as_of >= default_as_of(book)


def _window(specification: DataSpecification, chains: Subscriptions, as_of: pd.Timestamp) -> Window:
    found = observation_window(chains.spans, as_of)
    if not specification.observed_from:
        return found
    stated = month_number(parse_date(specification.observed_from, "observed_from"))
    return Window(stated, found.last_month)
