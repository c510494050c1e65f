"""Account plans on paper and on the page: figures, markup, the document and its sliders.

May import `plans` and the shared parts of `report`.
"""
