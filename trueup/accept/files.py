"""Files of a node as checks read them."""

from testinfra.host import Host


def text(host: Host, path: str) -> str:
    """A file's text; of one that is missing none: that is an answer, and no reason not to look."""
    file = host.file(path)
    return str(file.content_string) if file.exists else ""
