"""The review of one account: its sections, its figure, its page for screen and paper."""
