"""The review of an account, section by section: plain text and tables, computed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.features.hazard_data import HazardData
from workbench.health.assess import Assessment
from workbench.health.factors import FACTORS
from workbench.report.account_health.term_text import has_terms
from workbench.report.account_health.text import ask_text, factors_text, strength_text
from workbench.report.amounts import date_text, money

_WHAT = {
    "sales": "talk, offers, contract changes",
    "service": "tickets, answers, surveys",
    "operations": "what happens in their company",
    "product": "use, adoption, metrics",
    "finance": "payment, price, budgets",
    "people": "champions, sponsors, contacts",
}


@dataclass(frozen=True)
class Section:
    """A part of a review.

    Parameters
    ----------
    title : str
    text : tuple of str
        Paragraphs.
    columns : tuple of str
        Headings of the table; empty for none.
    rows : tuple of tuple of str
    """

    title: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class AccountReview:
    """The review of one account.

    Parameters
    ----------
    account_id, name : str
    line : str
        What stands below the name.
    line_up : tuple of str
        What stands beside the name in a list: at stake, strength, band, end of the term.
    answer : tuple of str
        The first paragraphs.
    sections : tuple of Section
    """

    account_id: str
    name: str
    line: str
    line_up: tuple[str, ...]
    answer: tuple[str, ...]
    sections: tuple[Section, ...]


def chosen_accounts(health: pd.DataFrame, account_id: str, owner: str) -> list[str]:
    """Return the accounts to review, most money at stake first.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    account_id, owner : str
        One account, or all of an owner; both empty takes the account with most at stake.

    Raises
    ------
    ParameterError
        When both are given, or nobody of that key or owner is a customer on the day.
    """
    if account_id and owner:
        hint = "Leave one of them empty."
        problem = Problem("both are given", "account_id, owner", "one of them", hint=hint)
        raise ParameterError("Which accounts to review is not clear.", [problem])
    if not (account_id or owner):
        return health["account_id"].head(1).tolist()
    name, wanted = ("account_id", account_id) if account_id else ("owner", owner)
    own = health[health[name] == wanted]
    if own.empty:
        known = [value for value in health[name].unique() if value]
        hint = nearest(wanted, known) if known else ""
        hint = hint if len(hint) < 400 else "The table health lists them."
        problem = Problem("no customer on this day", name, found=repr(wanted), hint=hint)
        raise ParameterError("There is nobody to review.", [problem])
    return own["account_id"].tolist()


def review_of(
    found: Assessment,
    data: HazardData,
    account_id: str,
    currency: str,
    further: tuple[Section, ...] = (),
) -> AccountReview:
    """Return the review of an account.

    Parameters
    ----------
    found : Assessment
    data : HazardData
        That the assessment was made from.
    account_id : str
        A customer on the day.
    currency : str
        Code shown with amounts; may be empty.
    further : tuple of Section
        Shown behind the signs.

    Returns
    -------
    Review
    """
    health = found.health
    row = health[health["account_id"] == account_id].to_dict("records")[0]
    signs = found.signs[found.signs["account_id"] == account_id]
    facts = [row[name] for name in ("account_id", "industry", "segment", "region", "owner")]
    return AccountReview(
        account_id=account_id,
        name=row["name"],
        line=" · ".join(
            [f"As of {date_text(data.as_of.date().isoformat())}", *(fact for fact in facts if fact)]
        ),
        line_up=(
            money(row["at_risk"], currency),
            f"{row['strength']:.0%}",
            row["band"],
            row["term_ends"] or "monthly",
        ),
        answer=_answer(row, signs, currency),
        sections=(
            _factors(row),
            _signs(signs, found.record),
            *further,
            _contracts(found, data, account_id, currency),
            _history(found.past, account_id),
        ),
    )


def _answer(row: Mapping[str, Any], signs: pd.DataFrame, currency: str) -> tuple[str, ...]:
    stake = (
        f"{money(row['at_risk'], currency)} of {money(row['arr'], currency)} a year is expected to "
        f"be gone in twelve months. {'Renewal strength' if row['term_ends'] else 'Strength'} is "
        f"{row['band']}."
    )
    return stake, f"{strength_text(row)} {factors_text(row)}", f"Ask: {ask_text(row, signs)}"


def _factors(row: Mapping[str, Any]) -> Section:
    rows = tuple(
        (
            factor, _WHAT[factor], f"{100 * row[f'part_{factor}']:+z.1f}",
            f"{100 * row[f'part_{factor}_low']:+z.1f} to {100 * row[f'part_{factor}_high']:+z.1f}",
        )
        for factor in FACTORS
    )  # fmt: skip
    whole = 100 * (row["strength"] - row["reference"])
    total = ("together", "against an average customer in its place", f"{whole:+z.1f}", "")
    would = "would renew" if row["term_ends"] else "would stay"
    return Section(
        f"Why it {would}, or not",
        (
            f"An average customer at the same point of the same contract {would} with "
            f"{row['reference']:.0%}; the six groups of factors sum to the difference.",
        ),
        ("Factor", "What it reads", "Points", "Interval"),
        (*rows, total),
    )


def _signs(signs: pd.DataFrame, record: pd.DataFrame) -> Section:
    if signs.empty:
        return Section("Signs", ("None of the eight signs shows.",))
    verdict = dict(zip(record["sign"], record["verdict"], strict=True))
    rows = tuple(
        (one.title, str(one.since), str(one.says), verdict.get(one.sign, ""))
        for one in signs.itertuples()
    )
    return Section("Signs", (), ("Sign", "Since", "What it saw", "In this book"), rows)


def _contracts(found: Assessment, data: HazardData, account_id: str, currency: str) -> Section:
    lines = found.scored.lines
    own = np.flatnonzero(lines.account_id == account_id)
    renews = found.scored.decided.renews()[:, own].mean(axis=0)
    terms = data.subscriptions.terms
    rows = []
    for at, chance in zip(own, renews, strict=True):
        last = terms[terms["subscription_id"] == lines.subscription_id[at]].iloc[-1]
        monthly = lines.term_group[at] == 0
        rows.append(
            (
                str(lines.product[at]), money(lines.cents[at] / 100, currency),
                "month to month" if monthly else f"{lines.term_months[at]} months",
                "–" if monthly else _day(last["planned_end_on"]),
                "–" if monthly else _day(last["notice_by"]), f"{chance:.0%}",
            )
        )  # fmt: skip
    would = "Would renew" if has_terms(found.health) else "Would stay"
    columns = ("Product", "Revenue a year", "Term", "Ends", "Notice by", would)
    return Section("Contracts", (), columns, tuple(rows))


def _history(past: pd.DataFrame, account_id: str) -> Section:
    own = past[past["account_id"] == account_id]
    if own.empty:
        return Section("Earlier scores", ("None has been kept yet.",))
    rows = tuple(
        (str(one.as_of.date()), f"{one.strength:.0%}", f"{one.stays:.0%}", str(one.by))
        for one in own.itertuples()
    )
    return Section("Earlier scores", (), ("As of", "Strength", "Stays a year", "Made"), rows)


def _day(value: pd.Timestamp) -> str:
    return "–" if pd.isna(value) else str(value.date())
