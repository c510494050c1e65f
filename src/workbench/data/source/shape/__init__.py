"""Source tables into canonical columns and rows as a mapping says, still uncast."""
