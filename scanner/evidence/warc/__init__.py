"""WARC 1.1 records (ISO 28500:2017): made (``writing``), taken apart (``reading``), stood in for (``tombstone``)."""
