"""What the next contracts are worth, and what goes with growth and contraction."""
