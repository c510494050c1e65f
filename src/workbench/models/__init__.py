"""PyMC graphs: built here, never sampled here.

May import `core` and `features`.
"""
