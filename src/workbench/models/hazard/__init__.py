"""The renewal and churn hazard as a PyMC model."""
