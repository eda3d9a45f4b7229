"""A run as one page that opens from a disk, made from the JSON report alone."""
