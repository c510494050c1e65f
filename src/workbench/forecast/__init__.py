"""Posterior draws to business quantities, in numpy and xarray; never imports PyMC.

May import `core`, `data` and `features`; meets `models` only through the names in `core.names`.
"""
