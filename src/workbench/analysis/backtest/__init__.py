"""Forecasts of past days beside what then happened."""
