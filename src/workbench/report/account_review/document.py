"""A review as markup: inside a notebook, or as a page that opens anywhere and prints on two A4."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workbench.core.errors import Problem, WorkbenchError
from workbench.core.plain_text import plain
from workbench.core.settings import ReportSettings
from workbench.report.account_review.sections import AccountReview
from workbench.report.output.page import external_loads
from workbench.report.output.publish import publish_page

_TEMPLATES = Path(__file__).parents[1] / "page_template"
_MOST_LETTERS = 40


@dataclass(frozen=True)
class ReviewView:
    """A review that a notebook shows.

    Parameters
    ----------
    review : Review
    """

    review: AccountReview

    def _repr_html_(self) -> str:
        return review_html(self.review)


def review_html(review: AccountReview, level: int = 2) -> str:
    """Return a review as a part of a page; every text is escaped.

    Parameters
    ----------
    review : Review
    level : int
        Of its heading: 1 where it is a page of its own, 2 in the page of a report.
    """
    return _environment().get_template("review.html.j2").render(review=review, level=level)


def review_page(review: AccountReview) -> str:
    """Return a review as a page of its own.

    Parameters
    ----------
    review : Review

    Returns
    -------
    str
        HTML that runs and fetches nothing.

    Raises
    ------
    WorkbenchError
        When it would.
    """
    css = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
    template = _environment().get_template("review_page.html.j2")
    page = template.render(review=review, css=css, body=review_html(review, level=1))
    if loads := external_loads(page):
        problems = [Problem("runs or fetches what is not its own", found=load) for load in loads]
        raise WorkbenchError("The review would not open offline.", problems)
    return page


def publish_reviews(settings: ReportSettings, reviews: Sequence[AccountReview]) -> None:
    """Write each review as a page of its own into the run's folder ``reviews``.

    Parameters
    ----------
    settings : ReportSettings
        Without a run folder nothing is written.
    reviews : sequence of Review
    """
    for review in reviews:
        publish_page(settings, f"reviews/{file_name(review.account_id)}", review_page(review))


def reviews_text(reviews: Sequence[AccountReview]) -> str:
    """List reviews as links to their pages.

    Parameters
    ----------
    reviews : sequence of Review
        In the order of the list.

    Returns
    -------
    str
        Markdown; names and sentences in it are plain text.
    """
    rows = [
        f"| [{plain(review.name)}](reviews/{file_name(review.account_id)}) | "
        + " | ".join(plain(value) for value in review.line_up)
        + " |"
        for review in reviews
    ]
    head = "| account | at stake | strength | band | term ends |\n|---|---|---|---|---|"
    return "\n".join([head, *rows])


def file_name(account_id: str) -> str:
    """Return the file name of an account's review, whatever its key holds.

    Parameters
    ----------
    account_id : str
        Any text.

    Examples
    --------
    >>> file_name("A-17"), file_name("../x")[:2]
    ('A-17.html', 'x-')
    """
    letters = re.sub(r"[^A-Za-z0-9_-]+", "-", account_id).strip("-")[:_MOST_LETTERS]
    if letters != account_id:  # two keys may not share a file
        letters = f"{letters}-{hashlib.sha256(account_id.encode()).hexdigest()[:8]}"
    return f"{letters}.html"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
