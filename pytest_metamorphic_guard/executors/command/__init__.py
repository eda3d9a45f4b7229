"""The built-in executor ``command``: every call goes to a program in any language."""

from pytest_metamorphic_guard.executors.command.command_executor import CommandExecutor

__all__ = ["CommandExecutor"]
