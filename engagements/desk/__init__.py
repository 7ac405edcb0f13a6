"""Screens of the staff's desk (Django's admin): one module a table, sessions in `sessions/`.

What comes before a publication stands in `review/`. A page beside the list and the form of a table
is made in three places:

- its view and a `Page(…)` with it, named in the `pages` of its screen (pages.py makes the URL, asks
  for the permission and dresses it: `desk_page`); a link from the form of a row is a line of the
  screen's `ways_on`, one from the list of its `list_context`;
- its template in templates/admin/engagements/, which extends `_desk_page.html`;
- who opens it and who may send something there: PAGES in tests/engagements/desk/roles.py.

letters.py is an example with a form: it has a view, its `LETTER_PAGE` and its template.
"""
