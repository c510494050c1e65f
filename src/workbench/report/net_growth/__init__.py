"""The net growth report: figures and text."""
