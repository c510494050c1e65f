"""What customers write, read on this machine: tone, themes, and how well the tone is read."""
