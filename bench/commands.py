"""Each fact's command by itself, one after another on a node, all nodes at once: two ways over one connection a node.

    python -m bench.commands asyncssh FACTS.json        a session channel a command
    python -m bench.commands trueup_shell FACTS.json    the long-lived shell

A process of its own, so that both contenders pay for their start as the others do.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench import facts, measure
from bench.facts import Endpoint, Fact

CONTENDERS = ("asyncssh", "trueup_shell")


def contender(name: str, path: Path) -> None:
    """Run a contender in a process of its own, on the facts that facts.save() wrote."""
    measure.run([sys.executable, "-m", "bench.commands", name, str(path)])


async def by_asyncssh(endpoint: Endpoint, questions: list[Fact]) -> list[str]:
    """Return the output of each command: one connection, and a session channel a command."""
    import asyncssh

    connection = await asyncssh.connect(
        endpoint.address,
        endpoint.port,
        config=None,
        username=endpoint.user,
        client_keys=[endpoint.key],
        known_hosts=endpoint.known_hosts,
        agent_path=None,
    )
    texts = []
    async with connection:
        for fact in questions:
            done = await connection.run(facts.question(fact))
            texts.append(str(done.stdout).rstrip("\n"))
    return texts


def by_shell(endpoint: Endpoint, questions: list[Fact]) -> list[str]:
    """Return the output of each command: one connection, and one long-lived shell."""
    from trueup.remote_shell import Shell

    with Shell(endpoint.target) as shell:
        return [shell.run(facts.question(fact)).text.rstrip("\n") for fact in questions]


async def _all_by_asyncssh(endpoints: list[Endpoint], known: dict[str, list[Fact]]) -> list[list[str]]:
    return await asyncio.gather(*(by_asyncssh(endpoint, known[endpoint.name]) for endpoint in endpoints))


def outputs(name: str, endpoints: list[Endpoint], known: dict[str, list[Fact]]) -> dict[str, list[str]]:
    """Return the outputs of all commands by node, in the order of the facts."""
    if name == "asyncssh":
        found = asyncio.run(_all_by_asyncssh(endpoints, known))
    else:
        with ThreadPoolExecutor(len(endpoints)) as pool:
            calls = [partial(by_shell, endpoint, known[endpoint.name]) for endpoint in endpoints]
            found = list(pool.map(lambda call: call(), calls))
    return {endpoint.name: texts for endpoint, texts in zip(endpoints, found, strict=True)}


def main(name: str, path: Path) -> None:
    """Run one contender; raises Failed where a command's output is not the fact."""
    endpoints, known = facts.load(path)
    for node, texts in outputs(name, endpoints, known).items():
        odd = [(fact.expected, text) for fact, text in zip(known[node], texts, strict=True) if fact.expected != text]
        if odd:
            raise measure.Failed(f"{name} on {node}: expected, actual: {odd[:3]}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
