"""Whom to call: accounts with their health, filtered, most money at stake first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from workbench.health.opportunities import UNDERUSED, USED_UP
from workbench.health.published import PublishedHealth
from workbench.health.renewals_due import UNHAPPY_CSAT
from workbench.plans.planbook.book import Planbook

FROM_HEALTH = (
    "stays", "stays_month", "strength", "strength_low", "strength_high", "strength_month",
    "strength_quarter", "consumption", "csat", "csat_change", "days_since_contact",
)  # fmt: skip
UNKNOWN = "unknown"
CONSUMPTION = {
    "over": f"{USED_UP:.0%} of the contract or more",
    "under": f"under {UNDERUSED:.0%}",
    UNKNOWN: "not known",
}
_NOTICE = "Has given notice: counts as lost."
CSAT = {"low": f"under {UNHAPPY_CSAT:.0f} of 100", "falling": "falling", UNKNOWN: "not known"}


@dataclass(frozen=True)
class Notice:
    """An alert that fires, as the page tells it.

    Parameters
    ----------
    account_id, says : str
    since : date
    taken_by : str
        Who has taken it up; empty while nobody has.
    """

    account_id: str
    says: str
    since: date
    taken_by: str = ""


@dataclass(frozen=True)
class CallFilter:
    """Which accounts are shown; what is empty filters nothing.

    Parameters
    ----------
    owner : str or None
        None: everybody's; an empty text: those that nobody owns.
    product : str
        One of the book's.
    lacks : bool
        Those without the product rather than those with it.
    consumption : str
        A key of `CONSUMPTION`.
    band : str
        Of renewal strength.
    csat : str
        A key of `CSAT`.
    """

    owner: str | None = None
    product: str = ""
    lacks: bool = False
    consumption: str = ""
    band: str = ""
    csat: str = ""


def call_table(
    book: Planbook, accounts: pd.DataFrame, published: PublishedHealth | None
) -> pd.DataFrame:
    """Put what is known of each account into one row, most money at stake first.

    Who has given notice of everything stands last: that money is lost, not at stake.

    Parameters
    ----------
    book : Planbook
    accounts : DataFrame
        From `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`: at_risk is the likelihood
        to lose each line at its next renewal times its money, added up.
    published : PublishedHealth, optional
        Its columns are missing where there is none.

    Returns
    -------
    DataFrame
        Those columns, products (a tuple of names), `FROM_HEALTH`, band and signs (what each sign
        that shows says, a tuple).
    """
    lines = pd.Series(book.lines.product.astype(str)).groupby(book.lines.account_id)
    products = lines.agg(lambda own: tuple(sorted(set(own))))
    table = accounts.assign(products=accounts["account_id"].map(products))
    known = published.health if published else pd.DataFrame({"account_id": []})
    known = known.set_index("account_id")
    for name in FROM_HEALTH:
        column = known[name] if name in known else pd.Series(dtype="float64")
        table[name] = table["account_id"].map(column).astype("float64")
    band = known["band"] if "band" in known else pd.Series(dtype="object")
    table["band"] = table["account_id"].map(band).astype("object").fillna("").astype(str)
    said: dict[str, tuple[str, ...]] = {}
    if published is not None and len(published.signs):
        signs = published.signs.groupby("account_id")
        said = {str(key): tuple(map(_sign_text, own.itertuples())) for key, own in signs}
    gone = pd.Series(book.lines.gone_from >= 0).groupby(book.lines.account_id).all()
    decided = table["account_id"].map(gone).to_numpy(bool)
    table["signs"] = [
        (*((_NOTICE,) if left else ()), *said.get(key, ()))
        for key, left in zip(table["account_id"], decided, strict=True)
    ]
    order = np.lexsort((-table["at_risk"].to_numpy(float), decided))
    return table.iloc[order].reset_index(drop=True)


def kept_calls(table: pd.DataFrame, wanted: CallFilter) -> pd.DataFrame:
    """Return the rows that a filter keeps, in their order.

    Parameters
    ----------
    table : DataFrame
        From `call_table`.
    wanted : CallFilter
    """
    keep = np.ones(len(table), dtype=bool)
    if wanted.owner is not None:
        keep &= (table["owner"] == wanted.owner).to_numpy()
    if wanted.product:
        has = np.array([wanted.product in own for own in table["products"]], dtype=bool)
        keep &= ~has if wanted.lacks else has
    if wanted.band:
        keep &= (table["band"] == wanted.band).to_numpy()
    used, csat = table["consumption"], table["csat"]
    uses = {"over": used >= USED_UP, "under": used < UNDERUSED, UNKNOWN: used.isna()}
    moods = {"low": csat < UNHAPPY_CSAT, "falling": table["csat_change"] < 0, UNKNOWN: csat.isna()}
    for asked, masks in ((wanted.consumption, uses), (wanted.csat, moods)):
        if asked:
            keep &= masks[asked].to_numpy()
    return table[keep]


def _sign_text(sign: object) -> str:
    title, says = str(getattr(sign, "title", "")), str(getattr(sign, "says", ""))
    return f"{title}: {says}" if says else title
