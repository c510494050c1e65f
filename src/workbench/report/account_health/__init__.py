"""The account health report: settings, the accounts to call, the table to filter."""
