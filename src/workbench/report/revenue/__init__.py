"""The revenue report: figures and text."""
