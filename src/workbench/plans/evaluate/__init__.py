"""What a plan is expected to do, in full or in a fast approximation, and how that is known.

May import `plans.plan`, `plans.levers`, `plans.planbook` and the floors below.
"""
