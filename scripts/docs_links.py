"""Makes links of what pages call docs/NAME.md, which reads well in an editor and on the site."""

from __future__ import annotations

import re

_PAGE = re.compile(r"(?<![\w(/`\[])docs/([\w-]+\.md)\b")
_FENCE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return a page's Markdown with its mentions of other pages as links, code left alone.

    Parameters
    ----------
    markdown : str
        As the file has it.
    **_ : object
        What MkDocs also gives.
    """
    parts = _FENCE.split(markdown)
    for index in range(0, len(parts), 2):
        parts[index] = _PAGE.sub(r"[\1](\1)", parts[index])
    return "".join(parts)
