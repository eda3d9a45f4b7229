"""Everything that knows pytest: options, collection, items, results and the terminal."""
