"""The book as planners need it: taken from a forecast, stored as one file, read without PyMC.

May import the floors below, and nothing else of plans.
"""
