"""Where uploaded files are kept."""

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files without an address: views that ask who one is hand them out."""

    def url(self, name):
        raise ValueError("A private file has no URL.")
