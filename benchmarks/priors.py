"""Write the tables of priors into docs/priors.md."""

from __future__ import annotations

from page import as_markdown, put

from workbench.inference.prior import prior_table
from workbench.models.priors.cohort import cohort_priors
from workbench.models.priors.revenue import revenue_priors

if __name__ == "__main__":
    put("priors.md", "priors", as_markdown(prior_table()))
    put("priors.md", "revenue priors", as_markdown(prior_table(revenue_priors())))
    put("priors.md", "cohort priors", as_markdown(prior_table(cohort_priors())))
