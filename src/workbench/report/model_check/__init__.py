"""The model check: figures and text."""
