"""Words every floor shares: errors, names, calendar, settings.

Imports nothing of the workbench above it, and nothing that computes a model.
"""
