"""Kinds of output that a page draws by itself, by the names under which notebooks hold them."""

ANSWER = "application/vnd.workbench.answer+json"
ROWS = "application/vnd.workbench.rows+json"
NARROW = "application/vnd.workbench.narrow.svg"
SVG = "image/svg+xml"
