"""Bare retention tables as people have them: layout, periods and cells read into one form."""
