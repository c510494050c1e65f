"""Account health from stored draws and checked tables: two numbers, signs, what falls due.

May import `core` to `forecast`, but neither `models` nor `inference`; `plans` reads it.

- `strength`: the two numbers in every draw; `breakdown`: why, by six groups of factors.
- `scores`: one row per account, the table that pages, alerts and plans read.
- `kept`: scores as they were made, month by month.
- `signs`: eight rules on signals, each with its start, its sentence and its record in the book.
- `people`: where each contact stands, and who is missing.
- `words`: tone and themes of what customers write, read on this machine.
"""
