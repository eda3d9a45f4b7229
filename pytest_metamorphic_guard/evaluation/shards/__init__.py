"""The shards of one run: what each leaves behind, and the whole run made of that."""
