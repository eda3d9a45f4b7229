"""The built-in executor ``dask``: calls run by ``local`` on the workers of a Dask cluster."""

from pytest_metamorphic_guard.executors.dask.dask_executor import DaskExecutor

__all__ = ["DaskExecutor"]
