"""The built-in executor ``http``: every call is a request to a service."""

from pytest_metamorphic_guard.executors.http.http_executor import HttpExecutor

__all__ = ["HttpExecutor"]
