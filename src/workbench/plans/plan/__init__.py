"""The plan as a document: what it says, how it is written and read, and whether it fits a book.

May import `plans.levers`, `plans.planbook` and the floors below.
"""
