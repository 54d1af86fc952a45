"""The books as an accountant reads and keeps them: chart of accounts, periods, entries by hand, reports, exports."""
