"""Whether an operation failed because there was no space left: it is tried again, not given up."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError

RETRY_S = 5.0
NO_SPACE = "no space is left where documents are stored; free some, and reading goes on by itself"
_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_POSTGRES_DISK_FULL = "53100"


def is_out_of_space(error: BaseException) -> bool:
    """Whether ``error`` says that a disk, a quota or a file-size limit is full, in the data folder or the database."""
    if isinstance(error, OSError):
        return error.errno in _ERRNOS
    if isinstance(error, DBAPIError):
        cause = error.orig
        return getattr(cause, "sqlstate", None) == _POSTGRES_DISK_FULL or "disk is full" in str(cause)
    return False
