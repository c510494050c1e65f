"""The contents of a page: its headings of the second level, each with an anchor."""

from __future__ import annotations

import html
import re

_HEADING = re.compile(r"<h2(?: [^>]*)?>(.*?)</h2>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
MARK = "<!--contents-->"
_FEW = 3  # headings below which a page needs no contents


def with_contents(page: str) -> str:
    """Return the page with an anchor at each heading and links to them where the mark stands.

    Parameters
    ----------
    page : str
        HTML whose second-level headings are clean; with `MARK` where contents belong.

    Examples
    --------
    >>> with_contents("<!--contents--><h2>A</h2><h2>B</h2>").startswith("<h2 id=")
    True
    """
    titles: list[str] = []

    def anchored(found: re.Match[str]) -> str:
        titles.append(" ".join(html.unescape(_TAG.sub("", found[1])).split()))
        return f'<h2 id="part-{len(titles)}">{found[1]}</h2>'

    page = _HEADING.sub(anchored, page)
    links = "".join(
        f'<li><a href="#part-{at}">{html.escape(title)}</a></li>'
        for at, title in enumerate(titles, 1)
    )
    nav = f'<nav class="contents" aria-label="Contents"><ul>{links}</ul></nav>'
    return page.replace(MARK, nav if len(titles) >= _FEW else "", 1).replace(MARK, "")
