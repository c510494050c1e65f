"""Log-likelihoods with exact gradients as compiled passes, and the densities built on them."""
