"""Workbooks: the register's tables out to Excel and back, the quarter's report, a reminder."""
