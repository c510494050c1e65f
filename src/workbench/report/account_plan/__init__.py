"""The account plan as a report: its settings; plans have a page and document of their own."""
