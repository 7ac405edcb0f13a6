"""Beginnings of a text that a spreadsheet would run (CSV injection), and texts that it would not.

Whatever writes cells is asked about all of them.
"""

HOSTILE = (
    "=1+1",
    "+84 24",
    "-1",
    "-5 %",
    "@SUM(A1)",
    "|cmd",
    "%1",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=x",
    "''+1",
)
PLAIN = ("a=1", "'quoted", "5 %", "1 - 2", "a\tb", "<b>&amp;</b>", 'a,"b"')
EITHER = (*HOSTILE, *PLAIN)
