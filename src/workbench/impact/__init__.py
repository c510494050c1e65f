"""Does it work? Effects of actions on leaving, measured from their history, and the checks on them.

Everything reads the book as it stood on a day. May import health, forecast, features, data and
core: like them it reads stored draws and never imports PyMC.
"""
