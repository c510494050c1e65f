"""Earlier forecasts and what became of them, for every report."""
