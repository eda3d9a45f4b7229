"""Example plugins for Metamorphic Guard."""
