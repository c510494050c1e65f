"""The renewals report: figures and text."""
