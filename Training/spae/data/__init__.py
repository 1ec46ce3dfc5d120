"""Encodes whole data sets: shards of pictures in, shards of words out, on Ray Data.

    python -m spae.data encode IN OUT --program spae
    python -m spae.data stats OUT

`shards.py` finds the pictures, `engines.py` turns them into words, `tables.py` writes a shard,
`run.py` remembers which are done, and `cluster.py` has Ray share them out. What Ray moves is the
name of a shard, never a picture: a worker reads it where it is, and writes its words beside the
others. So memory does not grow with the data, and a shard is there as a whole or not at all.
"""


class DataError(Exception):
    """A data set that cannot be read, encoded or written as asked: the message says what to do."""
