"""Tables, figures and pages; the only floor that imports matplotlib.

May import everything below; computes no statistics of its own.
"""
