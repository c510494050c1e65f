"""The aggregates report: figures and text."""
