"""The report on what actions do."""
