"""For which reasons customers leave: incidences that sum to churn, and their cost."""
