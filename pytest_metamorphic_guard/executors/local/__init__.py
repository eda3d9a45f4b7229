"""The built-in executor ``local``: every candidate runs in a process of its own on this machine."""

from pytest_metamorphic_guard.executors.local.local_executor import LocalExecutor

__all__ = ["LocalExecutor"]
