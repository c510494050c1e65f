"""What a mapping says, checked before any data is opened; knows no source."""
