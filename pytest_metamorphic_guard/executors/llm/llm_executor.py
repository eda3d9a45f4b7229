"""The executor ``llm``: each call asks a language model that speaks the OpenAI chat protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.executors import Executor
from pytest_metamorphic_guard.executors.http.connections import Connections
from pytest_metamorphic_guard.executors.http.exchange import Ask, Reply, Trouble
from pytest_metamorphic_guard.executors.http.payloads import describe_trouble, make_payload
from pytest_metamorphic_guard.executors.http.places import Arguments, to_json
from pytest_metamorphic_guard.executors.http.retrying import Attempts, Pause, Persistence
from pytest_metamorphic_guard.executors.llm.completions import read_completion, require_good
from pytest_metamorphic_guard.executors.llm.configuration import read_configuration
from pytest_metamorphic_guard.executors.llm.prompts import Prompt, read_prompt
from pytest_metamorphic_guard.executors.llm.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.executors.llm.answer_cache import AnswerCache

__all__ = ["LLMExecutor"]


class LLMExecutor(Executor):
    """Asks a language model: ``file_path`` is a prompt, or the file of one.

    The arguments fill the places of the prompt, or follow it as a message of their own. The result
    is the text of the answer, or what it holds as JSON.

    Besides the contract's keys a payload has ``tokens_prompt``, ``tokens_completion``,
    ``tokens_total``, ``cost_usd`` where prices are known, ``model``, ``finish_reason``,
    ``attempts``, and ``cached`` where the answer comes from the cache: then there are no tokens and
    no cost, and nothing took time.

    Args:
        config: See `Configuration`.

    Raises:
        ValueError: An option is unknown or has a wrong value, or there is no key.
        ModuleNotFoundError: A library is not installed.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self._options = options = read_configuration(self.config)
        self.parallel = options.parallel
        self._connections = Connections(
            most_bytes=options.most_bytes,
            proxy=options.proxy,
            ca_file=options.ca_file,
            hide=options.secrets.hide,
        )
        # A completion may be asked for again: it is paid for twice then, and changes nothing.
        self._persistence = Persistence(options.retries, idempotent=True, pause=Pause())
        self._turns = Turns(options.requests_per_minute)
        self._prompts: dict[str, Prompt] = {}
        self._cache = _open_cache(options.cache)
        self._refused: Trouble | None = None

    def __repr__(self) -> str:
        return f"<executor llm, {self._options.model}>"

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,  # noqa: ARG002 - the service's own affair
    ) -> dict[str, Any]:
        """Ask once, or as often as the service puts it off; see `Executor.execute`."""
        attempts, known = Attempts(), dict[str, Any]()
        try:
            arguments = Arguments(func_name, args, self._options.arguments)
            messages = self._find_prompt(file_path).fill(arguments)
            body = to_json({**self._options.fields, "messages": messages})
            sent = body.encode("utf-8", "surrogatepass")
            reply = self._find_kept(sent)
            if reply is None:
                reply = self._ask(sent, timeout_s, attempts)
                known = {"duration_ms": reply.duration_ms, "http_status": reply.status}
                self._require_good(reply)
                completion = read_completion(reply, messages)
                known |= completion.describe()
                cost = self._options.prices.find_cost(completion, self._options.model)
                known |= {} if cost is None else {"cost_usd": cost}
                self._keep(sent, reply)
            else:
                completion = read_completion(reply, messages)
                known = {"cached": True, "model": completion.model}
            result = completion.read(as_json=self._options.as_json)
            payload = make_payload(attempts, success=True, result=result, **known)
        except Trouble as trouble:
            payload = describe_trouble("LLM", trouble, attempts, **known)
        if payload["error"]:
            payload["error"] = self._options.secrets.hide(payload["error"])
        return payload

    def with_parallel(self, number: int) -> LLMExecutor:
        """Return another one that makes so many calls at once."""
        return LLMExecutor({**self.config, "parallel": number})

    def join(self, run: str) -> None:
        """Say which run this is: no answer that was kept serves two calls of one run."""
        if self._cache is not None:
            self._cache.join(run)

    def restart(self) -> None:
        """Do nothing: a model remembers no earlier call."""

    def abort(self) -> None:
        """End all calls that are under way."""
        self._turns.stop()
        self._connections.watchdog.abort()

    def close(self) -> None:
        """Close all connections, and the cache."""
        self._turns.stop()
        self._connections.close()
        if self._cache is not None:
            self._cache.close()

    def _find_prompt(self, specification: str) -> Prompt:
        prompt = self._prompts.get(specification)
        if prompt is None:
            prompt = self._prompts[specification] = read_prompt(specification, self._options.system)
        return prompt

    def _ask(self, body: bytes, timeout_s: float, attempts: Attempts) -> Reply:
        if self._refused is not None:
            raise Trouble(*self._refused.args)
        if not self._turns.wait():
            raise Trouble("aborted", "nobody waits for it any more", sent=False)
        ask = Ask("POST", self._options.url, self._options.headers, body)
        # The time of a call begins with its turn, which is this side's own choice.
        with self._connections.watchdog.watch(timeout_s) as watch:
            return self._persistence.ask(
                lambda: self._connections.send(ask, watch), watch, attempts
            )

    def _require_good(self, reply: Reply) -> None:
        try:
            require_good(reply, self._options.model)
        except Trouble as trouble:
            if trouble.kind == "not_started":
                # The same key and model are refused whatever is asked.
                self._refused = trouble
            raise

    def _find_kept(self, body: bytes) -> Reply | None:
        kept = None if self._cache is None else self._cache.find(self._name(body))
        return None if kept is None else Reply(200, "", {}, kept, 0.0)

    def _keep(self, body: bytes, reply: Reply) -> None:
        if self._cache is not None:
            self._cache.add(self._name(body), reply.body)

    def _name(self, body: bytes) -> bytes:
        return self._options.url.encode() + b"\n" + body


def _open_cache(path: str | None) -> AnswerCache | None:
    if path is None:
        return None
    # Not loaded for a run that keeps no answers, which starts sooner.
    from pytest_metamorphic_guard.executors.llm.answer_cache import AnswerCache

    return AnswerCache(path)
