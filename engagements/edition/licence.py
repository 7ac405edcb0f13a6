"""Licence of the data: its name and address for pages, feeds, linked data, dumps and the API."""

NAME = "CC BY 4.0"
TITLE = "Creative Commons Attribution 4.0 International"
URL = "https://creativecommons.org/licenses/by/4.0/"
