"""Levers: what a plan can move. One file per kind; `registry` lists them.

A kind's file holds its value (what a plan's file says), what it changes, its words, its cautions,
its controls and its part in the fast approximation; `kind.LeverKind` says which parts these are.
May import `plans.planbook` and the floors below.
"""
