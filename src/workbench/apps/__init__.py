"""Papermill runner, command line and widgets: they arrange, they do no arithmetic.

The top floor: may import everything, nothing may import it.
"""
