"""Stored draws as plain arrays, and what follows from them in closed form."""
