"""pyinfra's own fake connector under plain node names, with a record of every command that it was given.

pyinfra loads it as the connector `@named`; `@fake/n1` would name its host "@fake/n1", which is no name of a node.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyinfra.api.arguments import ConnectorArguments
from pyinfra.api.command import StringCommand
from pyinfra.connectors.fake import FakeConnector
from pyinfra.connectors.util import CommandOutput
from typing_extensions import Unpack, override

RECORD = "TRUEUP_PLAN_RECORD"


class NamedFake(FakeConnector):
    """`@named/n1` is the host n1; once it is told to reboot it answers by fake_later, where it has that."""

    @override
    @staticmethod
    def make_names_data(name: str | None = None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        yield str(name), {}, ["@named"]

    @override
    def run_shell_command(
        self,
        command: str | StringCommand,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> tuple[bool, CommandOutput]:
        text = command if isinstance(command, str) else command.get_raw_value()
        operation = self.host.executing_op_hash
        entry = {
            "host": self.host.name,
            "stage": self.state.current_stage.name,
            "operation": min(self.state.get_op_meta(operation).names) if operation else "",
            "command": text,
        }
        with Path(os.environ[RECORD]).open("a", encoding="utf-8") as record:
            record.write(json.dumps(entry) + "\n")
        if "systemctl reboot" in text and (later := self.host.data.get("fake_later")):
            self.data["fake_responses"] = later
        return super().run_shell_command(command, print_output, print_input, **arguments)
