"""The one place that samples: run, gates, store.

May import `core`, `features` and `models`.
"""
