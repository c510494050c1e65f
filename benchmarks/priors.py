"""Write the table of priors into docs/priors.md."""

from __future__ import annotations

from page import as_markdown, put

from workbench.inference.prior import prior_table

if __name__ == "__main__":
    put("priors.md", "priors", as_markdown(prior_table()))
