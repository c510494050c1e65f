"""Plans: read, compared, printed, and the levers of a forecast."""
