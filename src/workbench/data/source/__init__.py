"""A source's tables to canonical ones: open, match, shape, cast, check.

Its folders import downwards only: checks, shape, matching, open, files, mapping, cells. Nothing
here knows what a contract means, but `shape`, where contracts are told from tenure or spend.
"""
