"""A solution as Python that an operator can paste into profiles.py."""

from typing import Any

from trueup.compat.solver.solve import Solution
from trueup.compat.stack import Stack
from trueup.declaration import Profile, Record


def profile_with(stack: Stack, base: Profile) -> Profile:
    """The base profile with the versions of the stack; everything else stays."""
    wheels = {
        "torch": stack.torch,
        "torchvision": stack.torchvision,
        "torchaudio": stack.torchaudio,
        "numpy": stack.numpy,
        "setuptools": stack.setuptools,
    }
    pins = {name: version for name, version in wheels.items() if version is not None}
    env = base.env.model_copy(
        update={"python": stack.python, "cuda_build": stack.build, "wheels": {**base.env.wheels, **pins}}
    )
    return base.model_copy(
        update={
            "driver": base.driver.model_copy(update={"branch": stack.branch, "modules": stack.modules}),
            "cuda": base.cuda.model_copy(update={"toolkit": stack.toolkit}),
            "env": env,
            "deepspeed": base.deepspeed.model_copy(update={"version": stack.deepspeed}),
        }
    )


def profiles_to_paste(solution: Solution, base: Profile, name: str = "SOLVED") -> str:
    """One assignment, or one for each driver branch that stays."""
    if not solution.kept:
        return f"{name} = {as_python(profile_with(solution.stack, base))}\n"
    branches = sorted({kind.facts.need("driver").split(".", 1)[0] for kind in solution.kinds})
    found = []
    for branch in branches:
        profile = profile_with(solution.stack, base)
        kept = profile.model_copy(update={"driver": profile.driver.model_copy(update={"branch": branch})})
        suffix = f"_R{branch}" if len(branches) > 1 else ""
        found.append(f"{name}{suffix} = {as_python(kept)}\n")
    return "\n".join(found)


def as_python(value: Any, depth: int = 0) -> str:
    """The value as an expression, one field a line."""
    pad, end = "    " * (depth + 1), "    " * depth
    if isinstance(value, Record):
        lines = [f"{pad}{name}={as_python(part, depth + 1)},\n" for name, part in value]
        return f"{type(value).__name__}(\n{''.join(lines)}{end})"
    if isinstance(value, tuple) and any(isinstance(part, Record) for part in value):
        lines = [f"{pad}{as_python(part, depth + 1)},\n" for part in value]
        return f"(\n{''.join(lines)}{end})"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_python(key)}: {as_python(part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(as_python(part) for part in value) + ("," if len(value) == 1 else "") + ")"
    return repr(value)
