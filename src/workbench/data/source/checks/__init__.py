"""Cast and check each cell and row; what is not right is kept aside with its reason."""
