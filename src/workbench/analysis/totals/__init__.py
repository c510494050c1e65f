"""Tables of totals in place of a book: retention by cohort, customers by quarter."""
