"""The backtest: figures and text."""
