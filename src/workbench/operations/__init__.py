"""Reports that run with no hands: what is due, who runs it, what came of it, what it says anew."""
