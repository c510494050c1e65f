"""The data audit: figures."""
