"""What-if, goal-seek, optimiser and plan store: pure, except the store.

May import `core` to `forecast`, but neither `models` nor `inference`.

For whoever builds a view on it:

- `planbook_file.read_planbook(path)` -> `planbook.Planbook`: months, accounts, `worth()`,
  `facts(account)`, signals, support, drivers, opportunities. `snapshot.planbook_of` makes one,
  `planbook_file.write_planbook` stores it.
- `catalogue.read_catalogue()` -> actions; `suggested(facts)` -> those that apply, and why.
- `plan.Plan`, `levers`: frozen values. `plan_file.read_plan(path, catalogue)`, `write_plan`,
  `plan_text`; `plan.silences(plan, titles)` -> what it leaves unsaid.
- `outcome.Planner(book, catalogue, measured)`: `baseline(plan)` and `evaluate(plan)` -> `Outcome`.
- `sources.sources(planner, plan)` -> where each effect comes from, with its warnings.
- `goal.seek_level(planner, plan, goal)`, `goal.seek_actions(planner, plan, goal, actions)` ->
  `goal.Found`, with a sentence.
- `swift.passage_of(book)`, `swift.glance(passage, planner, plan)` -> chances and revenue of a whole
  book while a lever is dragged; `swift.numbers` tells them.
- `grid.lever_grid(planner, accounts)` -> the strongest levers at a few levels, for offline sliders.
- `compare.compare(baseline, outcomes, book.months)` -> tables `summary`, `monthly`, `bridge`.
"""
