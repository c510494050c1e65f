"""Tables, figures and pages; the only floor that imports matplotlib.

May import everything below but `models` and `inference`; computes no statistics of its own.
"""
