"""A source's tables to canonical ones: open, map, cast, check.

Nothing here knows what a contract means.
"""
