"""Earlier reports: found, compared with, and kept."""
