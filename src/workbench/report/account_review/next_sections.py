"""What comes next for an account: actions, renewals, offers, standing questions, branches."""

from __future__ import annotations

import pandas as pd

from workbench.features.signals.catalogue import meaning_of
from workbench.report.account_review.sections import Section
from workbench.report.amounts import money

_FACTS = {  # of conditions, beside signals
    "arr": "yearly revenue",
    "months_to_renewal": "months to the renewal",
    "probability": "probability to stay",
    "products": "products",
    "tenure_months": "months as a customer",
}
HARM = 0.2  # probability of doing harm that is worth a warning


def action_section(actions: pd.DataFrame, currency: str) -> Section:
    """Tell which actions are worth an hour.

    Parameters
    ----------
    actions : DataFrame
        From `workbench.plans.evaluate.next_action.next_actions`.
    currency : str
        Code shown with amounts; may be empty.
    """
    title = "Next best action"
    rows = tuple(
        (
            row.title, f"{row.hours:g}", money(row.gain, currency),
            f"{money(row.gain_low)} to {money(row.gain_high)}", money(row.per_hour, currency),
            row.source, _harm(row.harm), _in_words(row.because),
        )
        for row in actions.itertuples() if row.worth_it
    )  # fmt: skip
    text = [action_text(actions, currency)]
    columns = (
        "Action", "Hours", "Keeps in a year", "Interval", "Per hour", "Known from", "Harm",
        "Because",
    )  # fmt: skip
    return Section(title, tuple(text), columns if rows else (), rows)


def action_text(actions: pd.DataFrame, currency: str) -> str:
    """Say the next best action in a sentence, or that none is worth its hours.

    Parameters
    ----------
    actions : DataFrame
        From `workbench.plans.evaluate.next_action.next_actions`.
    currency : str
        Code shown with amounts; may be empty.
    """
    worth = actions[actions["worth_it"].astype(bool)]
    if worth.empty:
        return "Nothing in the catalogue is worth its hours here."
    best = worth.iloc[0]
    text = (
        f"{best['title']} ({best['hours']:g} hours): expected to keep "
        f"{money(best['gain'], currency)} within a year ({money(best['gain_low'])} to "
        f"{money(best['gain_high'])}); known from: {best['source']}."
    )
    if best["harm"] > HARM:
        text += f" Contact may do harm: it keeps less than doing nothing with {best['harm']:.0%}."
    return text


def due_section(due: pd.DataFrame, currency: str) -> Section:
    """Tell which renewals of an account are to be decided.

    Parameters
    ----------
    due : DataFrame
        Its rows of `workbench.health.renewals_due.renewals_due`.
    currency : str
        Code shown with amounts; may be empty.
    """
    if due.empty:
        return Section("Renewals to decide", ("None in the months to come.",))
    rows = tuple(
        (
            str(row.product), _day(row.ends_on) + (", run out" if row.overdue else ""),
            _day(row.notice_by), f"{row.probability:.0%}", money(row.expected, currency),
        )
        for row in due.itertuples()
    )  # fmt: skip
    columns = ("Product", "Term ends", "Notice by", "Renews", "Expected")
    return Section("Renewals to decide", (), columns, rows)


def opportunity_section(opportunities: pd.DataFrame, currency: str) -> Section:
    """Tell what may be sold to an account, or that it does not use what it has.

    Parameters
    ----------
    opportunities : DataFrame
        Its rows of `workbench.health.opportunities.opportunity_table`.
    currency : str
        Code shown with amounts; may be empty.
    """
    if opportunities.empty:
        return Section("Opportunities", ("Neither use nor products suggest one.",))
    rows = tuple(
        (
            row.kind.replace("_", "-"), "–" if pd.isna(row.closes) else f"{row.closes:.0%}",
            "–" if pd.isna(row.at_stake) else money(row.at_stake, currency), row.why,
        )
        for row in opportunities.itertuples()
    )  # fmt: skip
    return Section("Opportunities", (), ("Kind", "Closes", "At stake", "Why"), rows)


def standing_section(standing: pd.DataFrame) -> Section:
    """Tell where an account stands, question by question.

    Parameters
    ----------
    standing : DataFrame
        From `workbench.health.standing.standing_table`.
    """
    rows = tuple(tuple(map(str, row)) for row in standing.itertuples(index=False))
    return Section("Where do we stand?", (), ("Question", "Answer", "Source", "Date"), rows)


def branch_section(branches: pd.DataFrame, effect: float | None, currency: str) -> Section:
    """Tell of the parent's branches: who is a customer, who speaks for us, who may come.

    Parameters
    ----------
    branches : DataFrame
        From `workbench.health.branches.branch_table`.
    effect : float or None
        From `workbench.health.branches.parent_effect`.
    currency : str
        Code shown with amounts; may be empty.
    """
    text = (
        "The model does not pool by parent; name it in `groups` to learn what it adds."
        if effect is None
        else f"Contracts of this parent's branches end {effect:.2f} times as often as an average."
    )
    rows = tuple(
        (
            str(row.name), row.standing, "–" if pd.isna(row.arr) else money(row.arr, currency),
            "–" if pd.isna(row.strength) else f"{row.strength:.0%}",
            "ask for a word" if row.advocate else "",
        )
        for row in branches.itertuples(index=False)
    )  # fmt: skip
    columns = ("Branch", "Standing", "Revenue a year", "Strength", "Advocate")
    return Section("The parent's branches", (text,), columns, rows)


def _in_words(because: str) -> str:
    """Call the facts of conditions, such as `months_to_renewal below 7`, by what they mean."""
    parts = [condition.split(" ", 1) for condition in because.split("; ") if condition]
    return "; ".join(
        " ".join([_FACTS.get(fact) or meaning_of(fact), *rest]) for fact, *rest in parts
    )


def _day(value: pd.Timestamp) -> str:
    return "–" if pd.isna(value) else str(value.date())


def _harm(share: float) -> str:
    return "–" if pd.isna(share) else f"{share:.0%}"
