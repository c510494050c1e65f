"""The account team's day: whom to call, what is accepted and done, calendar files, what is stale.

Pure, but for what is saved through the plan store.
"""
