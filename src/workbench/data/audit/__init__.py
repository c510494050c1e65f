"""What a book is worth: what contradicts, what was lost, what is missing."""
