"""Monitors: found, hosted in processes of their own, fed in a fixed order, and heard."""
