"""Eight signs that an account may leave: rules on as-of signals, dated, explained, counted.

- `sign`: what a sign is; `signs.yaml` lists the shipped ones, a team's own file may replace it.
- `panel`: signals of every account and month side by side.
- `shown`: which account shows which sign, since when, and in which words.
- `record`: how each sign did in this book.
"""
