"""The canonical tables: what each column means, which are required, what values are allowed.

Everything above this floor speaks only these names. Dates and times are naive timestamps in
microseconds, numbers are float64 with NaN for missing, flags are nullable booleans, keys and
texts are strings. A column ending in ``_at`` keeps its time of day; ``_on`` and ``month`` do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "month", "time", "number", "flag"]

FIRST_YEAR, FAR_YEAR = 1901, 2099
"""Dates lie in or after the one and before the other. Systems write 1900-01-01 and earlier for
"no date", and 2099-12-31, 9999-12-31 and their like for "no end"."""

LARGEST_NUMBER = 1e13
"""Above every amount in any currency, and far enough from where whole cents overflow."""


@dataclass(frozen=True)
class Column:
    """One canonical column.

    Parameters
    ----------
    name : str
    kind : {"text", "date", "month", "time", "number", "flag"}
        ``month`` is the first day of a month; ``number`` becomes float64.
    required : bool
        A row without a readable value here cannot be used and is quarantined; elsewhere only the
        cell is set to missing.
    low, high : float, optional
        Inclusive range of a number, in the column's own unit.
    choices : tuple of str
        Allowed words, in lower case; empty for free text.
    after : str
        Another column that this moment may not precede.
    if_lost : str
        What a row is taken for where this cell is missing, if that is a wrong answer rather than
        none; the share of such cells that may be lost is limited. In a date of that kind, a day
        in the far future says that there is no such date.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    after: str = ""
    if_lost: str = ""


@dataclass(frozen=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name : str
    columns : tuple of Column
    key : tuple of str
        Columns that identify a row, in sorting order.
    unique : bool
        Whether two rows may not share a key.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unique: bool = True

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the required columns."""
        return tuple(column.name for column in self.columns if column.required)


ATTRIBUTE_PREFIX = "attr_"
"""Accounts may carry further columns under this prefix, as covariates or groups."""


def _must(name: str, kind: Kind = "text", **rest) -> Column:
    return Column(name, kind, required=True, **rest)


def _may(name: str, kind: Kind = "text", **rest) -> Column:
    return Column(name, kind, **rest)


_TABLES = (
    Table(
        "accounts",
        (
            _must("account_id"),
            _may("name"),
            _may("parent_id"),
            _may("industry"),
            _may("segment"),
            _may("region"),
            _may("owner"),
            _may("employees", "number", low=0),
            _may("created_on", "date"),
        ),
        key=("account_id",),
    ),
    Table(
        "contracts",
        (
            _must("contract_id"),
            _must("account_id"),
            _must("product"),
            _must("start_on", "date"),
            # An end before the start spoils the row, not the cell: see checks.row_faults.
            _may("end_on", "date", if_lost="counts as open-ended"),
            _must("arr", "number", low=0),
            _may("currency"),
            _may("ended_on", "date", if_lost="counts as still running"),
            _may("end_reason"),
            _may("previous_contract_id", if_lost="counts as new business, not as a renewal"),
            _may("entitlement", "number", low=0),
            _may("auto_renew", "flag"),
            _may("notice_days", "number", low=0),
            _may("signed_on", "date"),
        ),
        key=("contract_id",),
    ),
    Table(
        "usage",
        (
            _must("account_id"),
            _may("product"),
            _must("month", "month"),
            _may("units", "number", low=0),
            _may("active_users", "number", low=0),
        ),
        key=("account_id", "product", "month"),
    ),
    Table(
        "invoices",
        (
            _must("invoice_id"),
            _must("account_id"),
            _must("issued_on", "date"),
            _must("due_on", "date"),
            _may("paid_on", "date", if_lost="counts as unpaid"),
            # Negative amounts are credit notes.
            _must("amount", "number"),
            _may("disputed", "flag"),
        ),
        key=("invoice_id",),
    ),
    Table(
        "tickets",
        (
            _must("ticket_id"),
            _must("account_id"),
            _must("opened_at", "time"),
            _may("first_response_at", "time", after="opened_at"),
            _may("closed_at", "time", after="opened_at", if_lost="counts as open"),
            _may("severity"),
            _may("csat", "number"),
            _may("escalated", "flag"),
            _may("text"),
        ),
        key=("ticket_id",),
    ),
    Table(
        "surveys",
        (
            _must("account_id"),
            _may("contact_id"),
            _must("taken_on", "date"),
            _must("kind", choices=("nps", "csat", "tech")),
            _must("score", "number", low=0, high=100),
        ),
        key=("account_id", "taken_on", "kind", "contact_id"),
        unique=False,
    ),
    Table(
        "messages",
        (
            _must("message_id"),
            _must("account_id"),
            _may("contact_id"),
            _must("sent_at", "time"),
            _may("kind"),
            _may("direction", choices=("inbound", "outbound")),
            _may("in_reply_to"),
            _may("attendees", "number", low=0),
            _may("text"),
        ),
        key=("message_id",),
    ),
    Table(
        "contacts",
        (
            _must("contact_id"),
            _must("account_id"),
            _may("name"),
            _may("role"),
            _may("joined_on", "date"),
            _may("left_on", "date", after="joined_on", if_lost="counts as still there"),
        ),
        key=("contact_id",),
    ),
    Table(
        "opportunities",
        (
            _must("opportunity_id"),
            _must("account_id"),
            _may("kind", choices=("new_logo", "cross_sell", "up_sell", "amendment", "renewal")),
            _may("product"),
            _must("stage"),
            _may("amount", "number"),
            _must("opened_on", "date"),
            _may("closed_on", "date", after="opened_on", if_lost="counts as open"),
            _may("won", "flag", if_lost="counts as undecided"),
        ),
        key=("opportunity_id",),
    ),
    # Which stage an opportunity was in when: `opportunities` keeps the latest only.
    Table(
        "opportunity_stages",
        (_must("opportunity_id"), _must("stage"), _must("entered_on", "date")),
        key=("opportunity_id", "entered_on", "stage"),
        unique=False,
    ),
    Table(
        "account_events",
        (_must("account_id"), _must("on", "date"), _must("kind")),
        key=("account_id", "on", "kind"),
        unique=False,
    ),
    Table(
        "metrics",
        (
            _must("account_id"),
            _must("month", "month"),
            _must("metric"),
            _must("value", "number"),
        ),
        key=("account_id", "month", "metric"),
    ),
    Table(
        "actions",
        (
            _must("action_id"),
            _must("account_id"),
            _must("kind"),
            _must("done_on", "date"),
            _may("hours", "number", low=0),
            _may("cost", "number", low=0),
        ),
        key=("action_id",),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
REQUIRED_TABLES = ("accounts", "contracts")
