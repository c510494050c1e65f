"""The planners' page for many: one process, a gate before it, and who may pass.

`gate` answers every request first; behind it stands Solara, whose only page is `component.Page`. No
code of a visitor runs here.
"""
