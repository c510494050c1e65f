"""Where the hours go: which bundle of actions for which account, within owners' hours and a budget.

`bundles.book_problem` asks the engine what bundles bring; `solve.allocate` chooses on half of the
draws, `report.report` tells the value from the other half, beside what simple rules would reach.
May import all other folders of plans.
"""
