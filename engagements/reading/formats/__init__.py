"""Parsers of file formats (.docx, .pdf, .html, .txt), each from bytes to blocks of plain text.

They run in a child process (`child.py`), so that a hostile file harms nothing; they know no Django.
"""
