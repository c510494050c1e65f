"""Checked tables to modelling tables: pure, and only with what was known as of a date.

May import `core` and `data`.
"""
