"""What actions do and how plans are kept."""
