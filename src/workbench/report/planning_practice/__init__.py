"""The report on how accounts are planned: figures and text."""
