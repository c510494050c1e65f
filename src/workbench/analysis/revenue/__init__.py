"""What comes in: the fit of revenue, growth to come and past, offers."""
