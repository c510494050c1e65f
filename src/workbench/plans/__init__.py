"""What-if and goal-seek on stored draws: pure, except the files of planbooks and plans.

May import `core` to `forecast`, but neither `models` nor `inference`. Its folders, each importing
those above it only:

- `planbook`: the book as planners need it. `file.read_planbook(path)` -> `book.Planbook`.
- `levers`: what a plan can move, one file per kind.
- `plan`: the document. `catalogue.read_catalogue()`, `file.read_plan(path, catalogue, book)`,
  `measured.read_measured`, `saved`, and what it leaves unsaid: `omissions.omissions(plan, titles)`.
- `store`: a database that a team shares. `open.open_store(place)`, versions only ever added.
- `evaluate`: `planner.Planner(book, catalogue, measured)` with `baseline(plan)` and
  `evaluate(plan)`; `compare.compare`, `provenance.provenance`, `cards.lever_cards`; `fast` answers
  for a whole book while a lever is dragged, `precomputed` for readers without a kernel.
- `goal_seek`: `level.seek_level` and `actions.seek_actions`, each with a sentence.
- `allocation`: where the hours go. `bundles.book_problem`, `report.allocation_report`.
"""
