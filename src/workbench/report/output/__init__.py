"""What a notebook leaves behind: pages, tables, workbooks, figures, facts."""
