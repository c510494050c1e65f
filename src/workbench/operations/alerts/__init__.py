"""Alerts: rules on what is known of accounts, with a state that outlives a run.

- `rules`: what a team wants to be told, in YAML; `state`: pending, firing, resolved, and why.
- `outbox`: what is to be sent, until it is sent; `digest`: one message per owner.
"""
