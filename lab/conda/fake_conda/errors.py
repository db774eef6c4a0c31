"""Failures in the words and the form of the real conda: text on stderr, or one JSON document on stdout."""

import json
import sys


class CondaError(Exception):
    """One failure; name is the class that the real conda raises, fields what it adds to its JSON."""

    def __init__(self, name: str, message: str, **fields: object) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.fields = fields

    def show(self, as_json: bool) -> None:
        """Print it where and how the real conda does."""
        if not as_json:
            sys.stderr.write(f"\n{self.name}: {self.message}\n\n")
            return
        document = {
            "caused_by": "None",
            "error": f"{self.name}: {self.message}",
            "exception_name": self.name,
            "exception_type": f"<class 'conda.exceptions.{self.name}'>",
            "message": self.message,
            **self.fields,
        }
        sys.stdout.write(json.dumps(document, indent=2, sort_keys=True) + "\n\n")


def no_environment(prefix: str) -> CondaError:
    """There is no environment at that place."""
    return CondaError("EnvironmentLocationNotFound", f"Not a conda environment: {prefix}", location=prefix)
