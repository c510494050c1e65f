"""The book's revenue: movements, past and forecast, and retention by named definitions."""
