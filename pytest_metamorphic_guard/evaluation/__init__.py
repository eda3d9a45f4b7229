"""One whole run, whoever asked for it: what is run, what travels, and what came of it."""
