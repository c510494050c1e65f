"""The cohorts report: figures and text."""
