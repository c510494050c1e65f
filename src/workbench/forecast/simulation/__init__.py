"""The months to come, line by line and draw by draw, with keyed random numbers."""
