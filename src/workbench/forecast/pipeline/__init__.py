"""Open opportunities in the forecast: what becomes of them, and who they bring."""
