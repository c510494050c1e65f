"""What is believed before the book is read: each prior, its meaning, reason and source."""
