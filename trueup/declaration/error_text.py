"""pydantic's findings as lines that name the field, what was found and what would be right."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from trueup.declaration.errors import did_you_mean

# What a pattern asks for, in words; a pattern that is not here is shown as it is.
EXAMPLES: dict[str, str] = {
    r"^\d+\.\d+$": 'a "major.minor" such as "11.7"',
    r"^\d+(\.\d+)*([A-Za-z0-9.+-]*)$": 'a version such as "2.0.1"',
    r"^[A-Za-z0-9:][A-Za-z0-9.:%_-]*$": 'a host name or an address such as "10.0.0.1"',
    r"^\d{3}$": 'a driver branch of three digits such as "580"',
    r"^[a-z0-9-]+ x\d{1,2}$": '"<model> x<count>" such as "a100-pcie-40gb x2"',
    r"^https?://[^\s'\"]+$": 'a URL such as "http://10.0.0.1:8713"',
    r"^[a-z]+-\d+(\.\d+)?$": '"<id>-<version>" such as "rocky-9" or "ubuntu-22.04"',
    r"^\d{3}(\.\d+){1,2}$": 'a full driver version such as "580.95.05"',
    r"^[A-Za-z0-9._-]+\.sh$": 'a file name of the lock that ends in ".sh"',
    r"^[A-Za-z0-9._/-]+\.lock$": 'a path that ends in ".lock"',
    r"^/[A-Za-z0-9._/+-]*$": 'an absolute path such as "/opt/anaconda3"',
    r"^[a-z_][a-z0-9_-]{0,31}$": 'an account name such as "train"',
    r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": "a host's label: a-z, 0-9 and hyphens, at most 63",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$": 'an interface name of at most 15 characters such as "eth0"',
    r"^[A-Z_][A-Z0-9_]*$": 'a name such as "NCCL_DEBUG"',
    r"^[^\x00-\x1f\x7f]*$": "one line of text",
    r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\n]*)?$": 'a public key such as "ssh-ed25519 AAAA... me"',
    r"^[A-Za-z0-9._-]+\.run$": 'a file name of the lock that ends in ".run"',
    r"^[A-Za-z0-9_-]+$": "a name of letters, digits, _ and -",
    r"^GPU-[0-9a-f-]{36}(,GPU-[0-9a-f-]{36})*$": 'UUIDs as NVML prints them, separated by commas: "GPU-..."',
    r"^x(1|2|4|8|16) gen[1-7]$": '"x<width> gen<generation>" such as "x16 gen4"',
    r"^[0-9A-F]{2}(\.[0-9A-F]{2}){4}$": 'a VBIOS version such as "92.00.68.00.01"',
    r"^[a-z_]+$": 'the name of an op such as "fused_adam"',
}


def explain(
    error: ValidationError, at: str, model: type[BaseModel], names: Mapping[str, str] | None = None
) -> list[str]:
    """One line per finding, e.g. 'node2.gpus: found "a100", wanted "<model> x<count>" such as ...'.

    names maps a field of the record to the key under which the operator wrote it.
    """
    shown = names or {}
    return [_line(dict(found), at, model, shown) for found in error.errors(include_url=False)]


def _line(found: dict[str, Any], at: str, model: type[BaseModel], names: Mapping[str, str]) -> str:
    loc = [str(part) for part in found["loc"]]
    head = [names.get(loc[0], loc[0])] if loc else []
    path = ".".join([at, *head, *loc[1:]])
    context = found.get("ctx", {})
    match found["type"]:
        case "missing":
            return f"{path}: is missing and has no default"
        case "extra_forbidden":
            fields = [names.get(name, name) for name in model.model_fields]
            return f'{path}: unknown key "{loc[-1]}"{did_you_mean(loc[-1], fields)}'
        case "string_pattern_mismatch":
            pattern = context["pattern"]
            expected = EXAMPLES.get(pattern, f"a string that matches {pattern}")
        case "literal_error":
            expected = str(context["expected"])
        case "value_error":
            return f"{path}: {context['error']}"
        case _:
            expected = str(found["msg"]).removeprefix("Input should be ").removeprefix("a valid ")
    return f"{path}: found {_shown(found['input'])}, wanted {expected}"


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(value).__name__})"
