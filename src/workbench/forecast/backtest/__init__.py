"""Forecasts beside what then happened: rolling origins, the archive of forecasts, scores."""
