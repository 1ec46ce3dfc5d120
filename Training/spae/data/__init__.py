"""Encodes whole data sets: shards of pictures in, shards of words out, on Ray Data.

    python -m spae.data encode IN OUT --program spae
    python -m spae.data stats OUT

`shards.py` finds the shards, `tars.py` and `parquet.py` read their pictures, `engines.py` turns
them into words, `tables.py` writes a shard, `run.py` remembers which are done, `manifest.py` sums
up, and `cluster.py` has Ray distribute the shards. What Ray moves is the name of a shard, never a
picture: a worker reads it where it is, and writes its words beside the others. So memory does not
grow with the data, and a shard is there as a whole or not at all.

Nothing is left out in silence: `left_out.py` counts and names it, with the reason.
"""

import os


class DataError(Exception):
    """A data set that cannot be read, encoded or written as asked: the message says what to do."""


def message(error: BaseException) -> str:
    """An error in a person's words: the file, if there is one, and what is wrong with it."""
    if isinstance(error, OSError) and error.strerror:
        words = error.strerror.lower()
        return f"{error.filename}: {words}" if error.filename is not None else words
    return str(error) or type(error).__name__


def say(line: str) -> None:
    """Prints a line; standard output that cannot be written is an error like any other."""
    try:
        print(line, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python would try once more at its end
        raise DataError(f"standard output: {message(error)}") from None
