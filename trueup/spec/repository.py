"""Names of packages in NVIDIA's repository that are the same for every distribution."""


def toolkit_package(toolkit: str) -> str:
    """The package of a toolkit: "11.8" -> "cuda-toolkit-11-8"."""
    return f"cuda-toolkit-{toolkit.replace('.', '-')}"
