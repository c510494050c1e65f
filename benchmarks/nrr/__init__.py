"""An open benchmark of forecasts of net revenue retention: see README.md."""
