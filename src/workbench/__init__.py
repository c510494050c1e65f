"""Bayesian renewal, churn and net-growth forecasting in parameterised notebooks."""
