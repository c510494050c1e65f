"""A mapping's names to those of an opened source: found, or guessed where nobody mapped it."""
