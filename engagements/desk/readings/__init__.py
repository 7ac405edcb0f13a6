"""Screen of readings: a paper about a session becomes drafts with proof, decided one by one.

The door is door.py, what the reader says is kept by keeping.py, shown by board.py, decided by
deciding.py, filled into the session's form by filling.py; rules.py counts what people made of each
rule, screen.py has the addresses.
"""
