"""What the past of a book can and cannot teach a forecast, as sentences made from tables."""

from __future__ import annotations

import pandas as pd

from workbench.core.plain_text import plain
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.levels import EVERYTHING
from workbench.forecast.growth.overlaps import Overlaps
from workbench.report.amounts import money

FEW_DOUBLED = 0.01  # share of lines; fewer are slips of the pen, told by the data audit


def reconciliation_text(history: pd.DataFrame, currency: str, *, snapshot: bool = False) -> str:
    """Say that the past ties to the contracts, with its first and last balance.

    Parameters
    ----------
    history : DataFrame
        From `workbench.forecast.growth.movements.bridge`, in cents.
    currency : str
        Code shown with amounts; may be empty.
    snapshot : bool
        The book shows one day only.
    """
    first, last = history.iloc[0], history.iloc[-1]
    if snapshot:
        return (
            "**This book is a snapshot:** it shows who is there on one day, "
            f"{money(last['closing'] / 100, currency)} a year, and who left in the month before, "
            f"{-last['churn'] / last['opening']:.0%} of revenue. Earlier movements, growth, prices "
            "and new customers are not on record: that nothing grows and nobody comes is not a "
            "finding, and a naive forecast and the retention of cohorts, of whom only those who "
            "stayed are seen, would stand on nothing. **How much leaves is not real either:** the "
            "endings of that one month are read as if all customers had been followed since they "
            "began. Who is likelier to leave than whom can be read from it, the level of revenue "
            "cannot."
        )
    moved = last["closing"] - first["opening"]
    return (
        f"In the {len(history)} months before the as-of date revenue went from "
        f"{money(first['opening'] / 100, currency)} to {money(last['closing'] / 100, currency)}; "
        f"the movements add up to the difference of {money(moved / 100, currency)} to the cent."
    )


def overlap_text(found: Overlaps, currency: str) -> str:
    """Say what adding up contracts that run beside each other would claim; empty if hardly any do.

    Parameters
    ----------
    found : Overlaps
    currency : str
        Code shown with amounts; may be empty.
    """
    if found.doubled < FEW_DOUBLED * found.lines:
        return ""
    account, line = (found.nrr[pack.value] for pack in (Pack.ACCOUNT_LEVEL, Pack.LINE_LEVEL))
    return (
        f"**{found.doubled:,} of {found.lines:,} products of customers have several contracts that "
        f"run beside each other**, {found.contracts:,} in all. Added up they would be "
        f"{money(found.added, currency)} a year, and net retention over {found.months} months "
        f"**{found.nrr_added:.0%}**: the same customer counted again and again, not growth. Here "
        "the contract that began last speaks for its product. That makes "
        f"{money(found.spoken, currency)}, and net retention of **{account:.0%}** by account or "
        f"**{line:.0%}** by line, which leaves out products bought since. If such contracts are "
        "sold beside each other, give each a `product` of its own in the mapping."
    )


def last_year_nrr(segments: pd.DataFrame, definition: str) -> float | None:
    """Return the whole book's net retention in the last year; None where less is on record.

    Parameters
    ----------
    segments : DataFrame
        From `workbench.forecast.growth.past_retention.segment_retention`.
    definition : str
        A value of `workbench.forecast.growth.definitions.Pack`.
    """
    last = segments[segments["until_month"] == segments["until_month"].max()]
    whole = last[(last["level"] == EVERYTHING) & (last["definition"] == definition)]
    return None if whole.empty else float(whole["nrr"].iloc[0])


def past_retention_text(segments: pd.DataFrame, definition: str) -> str:
    """Say what was kept in the last year, with returning customers counted and without.

    Parameters
    ----------
    segments : DataFrame
        From `workbench.forecast.growth.past_retention.segment_retention`.
    definition : str
        A value of `workbench.forecast.growth.definitions.Pack`.
    """
    last = segments[segments["until_month"] == segments["until_month"].max()]
    whole = last[last["level"] == EVERYTHING].set_index("definition")
    if whole.empty:
        return "Less than a year of endings is on record: past retention is not told."
    own, back = whole.loc[definition], whole.loc[Pack.WITH_RETURNING]
    text = (
        f"In the year to {own['until_month']}, of every 100 of the revenue at its start "
        f"**{100 * own['nrr']:.0f}** were there with growth (NRR, {definition}), "
        f"**{100 * own['grr']:.0f}** without (GRR); {own['logo_retention']:.0%} of its "
        f"{'customers' if 'account' in definition or 'returning' in definition else 'lines'} were "
        "kept."
    )
    if back["nrr"] == whole.loc[Pack.ACCOUNT_LEVEL, "nrr"]:
        text += " No customer who had been away came back."
    elif definition != Pack.WITH_RETURNING:
        text += (
            " Were customers counted who had been away at its start and came back, NRR would be "
            f"{back['nrr']:.1%} in place of {own['nrr']:.1%}."
        )
    levels = last[(last["definition"] == definition) & (last["level"] != EVERYTHING)]
    if len(levels) > 1:
        best, worst = (levels.loc[at] for at in (levels["nrr"].idxmax(), levels["nrr"].idxmin()))
        text += (
            f" By segment NRR went from {worst['nrr']:.0%} ({plain(worst['level'])}) to "
            f"{best['nrr']:.0%} ({plain(best['level'])})."
        )
    return text


def renewals_text(became: pd.DataFrame, *, snapshot: bool, terms: bool = True) -> str:
    """Say what the renewals on record can teach about the next ones; empty where all is well.

    Parameters
    ----------
    became : DataFrame
        From `workbench.forecast.revenue.drivers.outcome_table`.
    snapshot : bool
        The book shows one day only.
    terms : bool
        Whether contracts have terms; of spend nothing is said.
    """
    if not terms:
        return ""
    count = int(became["renewals"].sum())
    if snapshot:
        return (
            f"**This book is a snapshot:** its {count:,} renewals were never recorded; they are "
            "laid out from how long customers have stayed, at today's price. That none of them "
            "grew, shrank or changed price is not a finding, and the next contracts are therefore "
            "told at today's revenue. How often they are renewed is not real either; who is "
            "likelier to renew than whom can be read from it."
        )
    if not count:
        return (
            "**No renewal of a fixed term is on record.** What a renewal would become is what was "
            "believed before; changes within running contracts are learnt from the book."
        )
    return ""
