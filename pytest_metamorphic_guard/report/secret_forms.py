"""What secrets look like, whatever they are called."""

from __future__ import annotations

import re

__all__ = ["FORMS", "KEPT_NAME"]

FORMS = (
    re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}KEY-----)?"),
    re.compile(r"\bsk-[A-Za-z0-9_-]{16,}"),
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    re.compile(r"\bgithub_pat_[A-Za-z0-9_]{30,}"),
    re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    re.compile(r"\bAIza[A-Za-z0-9_-]{35}"),
    re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
    re.compile(r"\bpypi-[A-Za-z0-9_-]{30,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
)
_NAMED = r"[\w-]{0,40}?(?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|passphrase)"
KEPT_NAME = (
    # name=value, "name": "value", --name value: the name stays, the value goes.
    re.compile(rf"(?i)(\b{_NAMED}[\"']?\s*[=:]\s*\\?[\"']?)([^\s\"',;&}}\\]{{4,}})"),
    re.compile(rf"(?i)(--{_NAMED}\s+)([^\s\"'-][^\s\"']{{3,}})"),
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{8,})"),
    re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,80}:)([^\s/@]{1,200})(?=@)"),
)
