"""Numbers written as text: what “20,000”, “1.234” and “1.234,5” may mean.

A comma parts thousands for one program and decimals for another: three digits after a single mark
can be either, and a person is asked.
"""

import re
from decimal import Decimal

NUMBER = re.compile(r"(?P<sign>[-+−]?)(?P<digits>\d[\d.,\s]*)")
GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+")


def readings_of(text):
    """[Decimal] that a text may mean: none if it is no number, two if its mark is not clear."""
    match = NUMBER.fullmatch(text.strip())
    if not match:
        return []
    sign = -1 if match["sign"] in ("-", "−") and match["sign"] else 1
    return [sign * reading for reading in _readings(match["digits"].rstrip())]


def _readings(digits):
    marks = [mark for mark in digits if not mark.isdigit()]
    kinds = dict.fromkeys(marks)
    if not marks:
        return [Decimal(digits)]
    is_grouped = bool(GROUPED.fullmatch(digits))
    if len(kinds) > 1:  # 1.234,5: the last mark parts the decimals
        whole, decimals = re.split(rf"\{marks[-1]}(?=[^{marks[-1]}]*$)", digits)
        is_number = (
            len(kinds) == 2
            and marks.count(marks[-1]) == 1
            and not marks[-1].isspace()
            and GROUPED.fullmatch(whole)
        )
        return [_decimal(whole, decimals)] if is_number else []
    if len(marks) > 1 or marks[0].isspace():
        return [_decimal(digits)] if is_grouped else []
    whole, decimals = re.split(r"\D", digits)
    if not decimals:
        return []
    if is_grouped and not whole.startswith("0"):
        return [_decimal(digits), _decimal(whole, decimals)]
    return [_decimal(whole, decimals)]


def _decimal(whole, decimals="0"):
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{decimals}").normalize() + 0
