"""The built-in executor ``llm``: a prompt is what is called, by asking a language model."""

from pytest_metamorphic_guard.executors.llm.llm_executor import LLMExecutor

__all__ = ["LLMExecutor"]
