"""Totals a company tells of itself: read, placed in periods, simulated."""
