"""The account plan as a report: its settings; plans have a page and a document of their own."""
