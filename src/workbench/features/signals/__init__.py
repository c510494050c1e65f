"""Signals: what an account's records said, as known on the first day of a month.

One file per family. Each is an Ibis expression, so it runs where the data is. Reads `core` and
`data` only; `catalogue` lists all, `table` computes them.
"""
