"""File storage of uploads (scans): private, without URLs."""

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files without a URL: views that check permissions hand them out."""

    def url(self, name):
        raise ValueError("A private file has no URL.")
