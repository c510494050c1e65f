"""The accounts to call and what to say, made from the health table and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.core.plain_text import plain
from workbench.health.factors import FACTORS
from workbench.report.account_health.term_text import has_terms, would_text
from workbench.report.amounts import money

HELD = 0.1  # by so much staying exceeds the strength where only the term holds a customer
_MOST = 3  # accounts named
WORTH_NAMING = 0.01  # a factor that moves the score less is not worth a word


def answer_text(health: pd.DataFrame, currency: str) -> str:
    """Answer in a paragraph: how many customers, what is at stake, how many are weak.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    str
        Markdown.
    """
    weak = health[health["band"] == "weak"]
    held = held_by_term(health)
    decide = "renew if their terms ended now" if has_terms(health) else "stay if they decided now"
    text = (
        f"Of **{len(health)} customers** worth {money(health['arr'].sum(), currency)} a year, "
        f"{money(health['at_risk'].sum(), currency)} is expected to be gone in twelve months. "
        f"**{len(weak)}** would hardly {decide}, worth "
        f"{money(weak['arr'].sum(), currency)}"
    )
    if len(held):
        text += f"; {len(held)} of them stay for now only because their term runs on"
    return f"{text}."


def held_by_term(health: pd.DataFrame) -> pd.DataFrame:
    """Return the weak customers who stay for now only because a term runs on.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    """
    held = (health["term_ends"] != "") & (health["stays"] >= health["strength"] + HELD)
    return health[(health["band"] == "weak") & held]


def calls_text(health: pd.DataFrame, signs: pd.DataFrame, count: int, currency: str) -> str:
    """List the accounts to call: what is at stake, why, and what to say.

    Parameters
    ----------
    health : DataFrame
        Most money at stake first.
    signs : DataFrame
        From `workbench.health.signs.shown.sign_table`.
    count : int
        How many, 1 or more.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    str
        Markdown, a numbered list.
    """
    lines = []
    open_still = health[~under_notice(health)]
    for number, row in enumerate(open_still.head(count).to_dict("records"), 1):
        own = signs[signs["account_id"] == row["account_id"]]
        owner = f" · {plain(row['owner'])}" if row["owner"] else ""
        head = f"**{plain(row['name'])}** ({plain(row['account_id'])}){owner}"
        lines.append(
            f"{number}. {head} — {money(row['at_risk'], currency)} at stake of "
            f"{money(row['arr'], currency)} a year.\n\n"
            f"    {plain(why_text(row, own))}\n\n    *Ask:* {plain(ask_text(row, own))}"
        )
    return "\n\n".join([*lines, *_decided_text(health[under_notice(health)], currency)])


def under_notice(health: pd.DataFrame) -> pd.Series:
    """Flag the customers who have given notice of everything they have.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.

    Returns
    -------
    Series of bool
    """
    return (health["notice"] != "") & (health["strength"] == 0)


def _decided_text(gone: pd.DataFrame, currency: str) -> list[str]:
    if gone.empty:
        return []
    named = ", ".join(plain(name) for name in gone["name"].head(_MOST))
    more = f" and {len(gone) - _MOST} more" if len(gone) > _MOST else ""
    word = "customer has" if len(gone) == 1 else "customers have"
    return [
        f"**{len(gone)} {word} given notice** and counts as lost, with "
        f"{money(gone['arr'].sum(), currency)} a year: {named}{more}."
    ]


def why_text(row: Mapping[str, Any], signs: pd.DataFrame) -> str:
    """Say why an account is where it is.

    Parameters
    ----------
    row : mapping
        Of the health table.
    signs : DataFrame
        Those that the account shows.

    Returns
    -------
    str
        Plain text.
    """
    ends = f"Its term ends in {row['term_ends']}. " if row["term_ends"] else ""
    ends = f"Has given notice: {row['notice']}. " if row["notice"] else ends
    return f"{ends}{strength_text(row)} {factors_text(row)} {signs_text(signs)}".strip()


def strength_text(row: Mapping[str, Any]) -> str:
    """Say both numbers of an account, and what an average customer in its place would have.

    Parameters
    ----------
    row : mapping
        Of the health table.
    """
    return (
        f"Stays a customer for a year with {_percent(row, 'stays')}; "
        f"{would_text(terms=bool(row['term_ends']))} with {_percent(row, 'strength')}, an average "
        f"customer in its place with {row['reference']:.0%}.{_trend(row)}"
    )


def factors_text(row: Mapping[str, Any]) -> str:
    """Say which groups of factors take from an account's strength, and which add.

    Parameters
    ----------
    row : mapping
        Of the health table.

    Examples
    --------
    >>> parts = {f"part_{name}": 0.0 for name in FACTORS}
    >>> factors_text(parts | {"part_service": -0.12, "part_people": 0.031})
    'Service takes 12 points; people adds 3.'
    """
    parts = sorted((row[f"part_{name}"], name) for name in FACTORS)
    takes = [(value, name) for value, name in parts if value <= -WORTH_NAMING]
    adds = [(value, name) for value, name in reversed(parts) if value >= WORTH_NAMING]
    clauses = [_points(takes, "takes"), _points(adds, "adds")]
    text = "; ".join(clause for clause in clauses if clause)
    return f"{text[0].upper()}{text[1:]}." if text else "No group of factors stands out."


def signs_text(signs: pd.DataFrame) -> str:
    """Say the signs that an account shows, each with its start and numbers.

    Parameters
    ----------
    signs : DataFrame
        Those of one account.
    """
    return " ".join(f"{row.title} since {row.since}: {row.says}." for row in signs.itertuples())


def ask_text(row: Mapping[str, Any], signs: pd.DataFrame) -> str:
    """Say what to open the conversation with.

    Parameters
    ----------
    row : mapping
        Of the health table.
    signs : DataFrame
        Those of the account; without one the weakest factor speaks.
    """
    if len(signs):
        return str(signs["ask"].iloc[-1])  # of the sign that came last
    if row["weakest"]:
        return f"How content are you with us where {row['weakest']} is concerned?"
    return "What should we do better in the coming year?"


def potential_text(potential: pd.DataFrame, currency: str) -> str:
    """Say how many accounts each class has, and where potential and history disagree.

    Parameters
    ----------
    potential : DataFrame
        From `workbench.health.potential.potential_table`.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    str
        Markdown.
    """
    classes = potential.groupby("class")["potential"].agg(["size", "sum"])
    told = [
        f"{plain(title or 'no class')}: {row['size']:.0f}"
        for title, row in classes.sort_values("size", ascending=False).iterrows()
    ]
    text = (
        f"**Growth potential.** Offers may be expected to bring "
        f"{money(potential['potential'].sum(), currency)} a year. By class: {', '.join(told)}."
    )
    against = potential[potential["disagree"] != ""]
    for said, own in against.groupby("disagree", sort=False):
        names = ", ".join(plain(name) for name in own["name"].head(_MOST))
        text += f" {len(own)} with {said}, such as {names}."
    return text


def record_text(record: pd.DataFrame) -> str:
    """Say which signs tell something in this book.

    Parameters
    ----------
    record : DataFrame
        From `workbench.health.signs.record.record_table`.
    """
    telling = record[record["verdict"].str.startswith("Tells here")]["title"].tolist()
    silent = len(record) - len(telling)
    if not telling:
        return "**No sign tells anything in this book so far**: take them as questions, no more."
    return f"{_listed(telling)} tell in this book; the other {silent} do not, or cannot be read."


def _points(parts: Sequence[tuple[float, str]], verb: str) -> str:
    """Return `service takes 12 points, product 3`."""
    if not parts:
        return ""
    (first, name), *rest = parts
    more = "".join(f", {other} {abs(100 * value):.0f}" for value, other in rest)
    points = f"{abs(100 * first):.0f}"
    unit = "" if verb != "takes" else " point" if points == "1" else " points"
    return f"{name} {verb} {points}{unit}{more}"


def _percent(row: Mapping[str, Any], name: str) -> str:
    mean, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    return f"{mean:.0%} ({100 * low:.0f} to {100 * high:.0f})"


def _trend(row: Mapping[str, Any]) -> str:
    now, then = row["strength"], row["strength_quarter"]
    if then != then:
        return ""
    by = f" ({row['past_by']})" if row["past_by"] else ""
    return f" A quarter ago that was {then:.0%}{by}, {100 * (now - then):+z.0f} points since."


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
