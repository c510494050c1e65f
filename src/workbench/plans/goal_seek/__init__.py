"""Working back from a goal: how much of a plan, or which further actions, are enough.

May import all other folders of plans.
"""
