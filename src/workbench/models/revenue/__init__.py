"""What happens to revenue, part by part, as PyMC models."""
