"""The reasons report: figures and text."""
