"""The parts of the simulated company: who, what was seen, what was decided, what was written down.

`process` states the truth as numbers, `population` draws who there is, `signals` what happens to them,
`course` walks through the months and decides who leaves, `records_*` write the tables down.
May import `core` only, like the rest of `data`.
"""
