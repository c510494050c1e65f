"""What-if, goal-seek, optimiser and plan store: pure, except the store.

May import `core` to `forecast`, but neither `models` nor `inference`.
"""
