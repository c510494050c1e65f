"""Who leaves, and why: the fit, what it says, and whether it can be believed."""
