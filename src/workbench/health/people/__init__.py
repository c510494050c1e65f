"""The people of an account: what goes to and fro, where each stands, who is missing."""
