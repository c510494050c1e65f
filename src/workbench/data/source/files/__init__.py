"""Text files and spreadsheets as tables of text, or why one is none; knows no canonical table."""
