"""The analyst's front door: `import workbench as wb` leads here.

May import every floor but `apps`. It forwards and puts things together; it computes no statistics
of its own, and what is drawn is drawn by `report`. Values are frozen and show themselves in a
notebook: what they are, as of when, what passed, and what to call next. `plan`, `outlook`, `growth`
and whatever else a planner needs import neither `models` nor `inference`.
"""
