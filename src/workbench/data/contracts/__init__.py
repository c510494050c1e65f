"""Contracts to subscriptions: chains, terms, one currency.

What a renewal is, is decided here only.
"""
