"""Uploads are cut off at the cap while they come in, so that nobody fills a disk with one."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from habeas.adapters import evidence_files

TOO_LARGE = "habeas.too_large"  # in the request's META: names of the fields that were cut off


class Cap(FileUploadHandler):
    """Stands before the handlers that store: what is over the cap reaches none of them."""

    _came = 0

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        """Begin to count anew."""
        super().new_file(field_name, *args, **kwargs)
        self._came = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand a chunk on.

        Raises:
            SkipFile: once the file is over the cap.
        """
        del start
        self._came += len(raw_data)
        if self._came > evidence_files.CAP:
            if self.request is not None:
                self.request.META.setdefault(TOO_LARGE, set()).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that store."""
        del file_size
