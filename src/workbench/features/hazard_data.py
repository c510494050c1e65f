"""From a book to the tables and arrays of the hazard model, as of a date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_start, parse_date
from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.data.schema import ATTRIBUTE_PREFIX
from workbench.features.at_risk import (
    Window,
    at_risk_rows,
    draw_leads,
    future_rows,
    observation_window,
)
from workbench.features.design import Coding, Design, build_design, fit_coding
from workbench.features.human_forecast import METRIC
from workbench.features.signals.metrics import latest_name
from workbench.features.signals.table import signal_table

LATE_DAYS = 3

# One or two of each family: most books have too few endings to tell sixty signals apart.
USUAL = (
    "consumption_3m",
    "active_users_trend",
    "arr_change_12m",
    "growth_offers_open",
    "renewal_refused_6m",
    "mean_days_late_6m",
    "disputes_12m",
    "ticket_rate_change",
    "severe_tickets_3m",
    "escalations_6m",
    "nps_latest",
    "inbound_messages_3m",
    "champion_present",
    "key_contacts_left_12m",
    "bad_news_6m",
)
ALL = "all"


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
        Signals and attributes; empty takes those of `USUAL` that the book has, every metric's
        latest value and every attribute, of a snapshot the attributes alone; `("all",)` takes
        everything.
    groups : tuple of str
        Account columns whose levels are pooled; those the book lacks are left out.
    observed_from : str
        ISO date from which endings are on record; empty finds it, see `observation_window`.
    seed : int
        Of the leads at which signals are read.
    """

    as_of: str = ""
    horizon_months: int = 24
    covariates: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("industry", "segment", "region", "owner")
    observed_from: str = ""
    seed: int = 0


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
        At-risk rows of the past, and the months to forecast, with covariates joined on.
    design, future_design : Design
        The same as arrays, coded alike.
    signals, attributes, groups : tuple of str
        Columns used of each kind.
    """

    as_of: pd.Timestamp
    window: Window
    subscriptions: Subscriptions
    accounts: pd.DataFrame
    rows: pd.DataFrame
    future: pd.DataFrame
    design: Design
    future_design: Design
    signals: tuple[str, ...]
    attributes: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def is_snapshot(self) -> bool:
        """Every ending on record falls into one month: the level of survival is then not real."""
        return self.rows.loc[self.rows["event"], "month"].nunique() == 1

    @property
    def coding(self) -> Coding:
        """How columns became numbers."""
        return self.design.coding


def hazard_data(book: Book, question: DataSpecification) -> HazardData:
    """Prepare a book for the hazard model.

    Raises
    ------
    DataError
        When nobody is at risk in the window, or nobody is a customer at the as-of date.
    ParameterError
        When a covariate or group is unknown, or the as-of date is no date.
    """
    as_of = parse_date(question.as_of, "as_of") if question.as_of else default_as_of(book)
    chains = subscriptions(book.frame("contracts"), as_of)
    accounts = account_columns(book)
    window = _window(question, chains, as_of)
    rows = at_risk_rows(chains.spans, chains.terms, window)
    future = future_rows(chains.spans, chains.terms, as_of, question.horizon_months)
    _refuse_empty(rows, future, as_of, window)
    rows = draw_leads(rows, window, np.random.default_rng(question.seed))
    future["read_month"] = month_number(as_of)
    entry = _revenue_at_entry(rows, future)
    rows, future = (_with_accounts(table, accounts, entry) for table in (rows, future))
    months = sorted({*rows.loc[rows["observed"], "read_month"], month_number(as_of)})
    table = signal_table(book, [int(month) for month in months])
    rows, future = (
        frame.merge(table, on=["account_id", "read_month"], how="left") for frame in (rows, future)
    )
    known = {
        "signals": [c for c in table.columns if c not in ("account_id", "read_month")],
        "attributes": [c for c in [*_attributes(accounts), REVENUE] if rows[c].notna().any()],
    }
    if not question.covariates and rows.loc[rows["event"], "month"].nunique() == 1:
        known["signals"] = []  # a snapshot's months before its day are laid out, not recorded
    chosen = _choose(question.covariates, known)
    groups = [g for g in question.groups if g in accounts and accounts[g].nunique() > 1]
    coding = fit_coding(rows, chosen["signals"], chosen["attributes"], groups, future)
    return HazardData(
        as_of=as_of,
        window=window,
        subscriptions=chains,
        accounts=accounts,
        rows=rows,
        future=future,
        design=build_design(rows, coding),
        future_design=build_design(future, coding),
        signals=tuple(chosen["signals"]),
        attributes=tuple(chosen["attributes"]),
        groups=coding.groupings,
    )


REVENUE = "annual revenue (log)"
EMPLOYEES = "employees (log)"
_GROUPS = {"parent_id": "parent"}
_TEXTS = ("industry", "segment", "region", "owner", "parent_id")


def account_columns(book: Book) -> pd.DataFrame:
    """Return accounts with the columns that can serve as attributes and groups.

    A parent counts as a group where it has at least two accounts.
    """
    accounts = book.frame("accounts")
    renamed = {
        c: c.removeprefix(ATTRIBUTE_PREFIX) for c in accounts if c.startswith(ATTRIBUTE_PREFIX)
    }
    accounts = accounts.rename(columns={**renamed, **_GROUPS})
    family = accounts.groupby("parent")["account_id"].transform("size")
    accounts["parent"] = accounts["parent"].where(family > 1)
    accounts[EMPLOYEES] = np.log1p(accounts["employees"])
    return accounts


def default_as_of(book: Book) -> pd.Timestamp:
    """Return the day after the last complete month in the data.

    The last signature, start, ending, invoice, ticket or message tells how far the data reach; a
    month counts as complete when they reach its last days. A snapshot says its day itself.
    """
    if book.snapshot_on is not None:
        return book.snapshot_on
    dates = {
        "contracts": ["signed_on", "ended_on"],
        "invoices": ["issued_on", "paid_on"],
        "tickets": ["opened_at"],
        "messages": ["sent_at"],
        "surveys": ["taken_on"],
    }
    found = [
        book.frame(table)[column].max()
        for table, columns in dates.items()
        if table in book.tables
        for column in columns
    ]
    known = [date for date in found if not pd.isna(date)]
    last = max(known) if known else book.frame("contracts")["start_on"].max()
    return month_start(month_number(last + pd.Timedelta(days=1 + LATE_DAYS)))


def _window(question: DataSpecification, chains: Subscriptions, as_of: pd.Timestamp) -> Window:
    found = observation_window(chains.spans, as_of)
    if not question.observed_from:
        return found
    stated = month_number(parse_date(question.observed_from, "observed_from"))
    return Window(stated, found.last_month)


def _refuse_empty(
    rows: pd.DataFrame, future: pd.DataFrame, as_of: pd.Timestamp, window: Window
) -> None:
    problems = []
    day = as_of.date().isoformat()
    if rows.empty or not rows["observed"].any():
        problems.append(
            Problem(
                "no subscription was at risk",
                "contracts",
                f"at least one between {month_start(window.first_month).date()} and {day}",
                "none",
                "Check as_of and observed_from against the dates in the data.",
            )
        )
    if future.empty:
        problems.append(
            Problem(
                f"no account is a customer on {day}",
                "contracts",
                "at least one running contract",
                "none",
                "Choose an earlier as_of.",
            )
        )
    if problems:
        raise DataError("There is nothing to forecast.", problems)


def _revenue_at_entry(rows: pd.DataFrame, future: pd.DataFrame) -> pd.Series:
    seen = pd.concat([rows.loc[rows["observed"]], future])[["subscription_id", "arr"]]
    return np.log1p(seen.drop_duplicates("subscription_id").set_index("subscription_id")["arr"])


def _with_accounts(table: pd.DataFrame, accounts: pd.DataFrame, entry: pd.Series) -> pd.DataFrame:
    table = table.merge(accounts, on="account_id", how="left")
    table[REVENUE] = table["subscription_id"].map(entry)
    return table


def _attributes(accounts: pd.DataFrame) -> list[str]:
    known = {"account_id", "name", "parent", "created_on", "employees", *_TEXTS}
    return [column for column in accounts.columns if column not in known]


def _is_metric(name: str) -> bool:
    """Tell a team's own metrics, but for the forecast that stands beside the model's."""
    if name == latest_name(METRIC):
        return False
    return name.startswith("metric: ") and not name.endswith(", change")


def _choose(wanted: tuple[str, ...], known: dict[str, list[str]]) -> dict[str, list[str]]:
    if wanted == (ALL,):
        return known
    if not wanted:
        usual = [name for name in known["signals"] if name in USUAL or _is_metric(name)]
        return known | {"signals": usual}
    every = known["signals"] + known["attributes"]
    problems = [
        Problem(f"the book has no {name}", "covariates", hint=nearest(name, every))
        for name in wanted
        if name not in every
    ]
    if problems:
        raise ParameterError("A covariate is unknown.", problems)
    return {kind: [name for name in names if name in wanted] for kind, names in known.items()}
