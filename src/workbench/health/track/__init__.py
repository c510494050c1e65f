"""Is the score any good? Months of the past scored by a fit that had not seen them.

- `origins`: every month scored with what was known then.
- `calibration`: of each band, what was forecast and what happened.
- `alerts`: recall, false alarms and lead at a stated number of alerts a month, beside rivals.
"""
