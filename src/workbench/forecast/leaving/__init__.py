"""Who leaves and what goes with it: outlook, drivers, explanations, and checks of the fit."""
