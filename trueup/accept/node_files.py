"""Find tokens, passwords and private keys that any node user can read."""

from collections.abc import Iterable

from testinfra.host import Host

from trueup.outcome import CouldNotCheck


def text(host: Host, path: str) -> str:
    """Return a file's text, empty for a missing one, which is an answer."""
    file = host.file(path)
    return str(file.content_string) if file.exists else ""


# Below a home: each is a secret as a whole, as its program writes it.
TOKENS = (
    ".netrc",
    ".git-credentials",
    ".config/git/credentials",
    ".config/gh/hosts.yml",
    ".huggingface/token",
    ".cache/huggingface/token",
    ".cache/huggingface/stored_tokens",
    ".aws/credentials",
    ".config/gcloud/application_default_credentials.json",
    ".kaggle/kaggle.json",
    ".config/kaggle/kaggle.json",
    ".kube/config",
    ".pgpass",
    ".pypirc",
)
# Below a home, and below the whole tree: a secret only where it has such a line.
SETTINGS = (".docker/config.json", ".condarc", ".config/pip/pip.conf", ".pip/pip.conf", "*.pem", "*.key", "id_*")
ELSEWHERE = ("/etc/ssh/ssh_host_*_key", "/etc/ssl/private/*", "/etc/pki/tls/private/*")
LINE = r'PRIVATE KEY-----|"auth": *"|://[^/@ ]+:[^/@ ]+@'
END = "all looked at"
# By a user who is in no group: what counts is whether the whole path lets others in, and no single mode. Every test
# of a file is its own, so that what is not there, or closed, is passed over without hiding that a program failed.
SCRIPT = f"""
told() {{
    for file; do
        if [ -f "$file" ] && [ -r "$file" ] && grep -Eq '{LINE}' "$file"; then echo "$file"; fi
    done
}}
for home; do
    for name in {" ".join(TOKENS)}; do
        if [ -f "$home/$name" ] && [ -s "$home/$name" ] && [ -r "$home/$name" ]; then echo "$home/$name"; fi
    done
    told {" ".join(f'"$home"/{name}' for name in SETTINGS)}
done
told {" ".join(ELSEWHERE)}
echo {END}
"""
UNPRIVILEGED = "setpriv --reuid=65534 --regid=65534 --clear-groups"
# The script, its own name; the homes that are declared come after those below /home.
COMMAND = f"cd / && {UNPRIVILEGED} sh -c %s sh %s /home/*"


def readable(answer: str) -> list[str]:
    """Return each readable file once; raise CouldNotCheck for an incomplete search."""
    *files, end = answer.splitlines() or [""]
    if end != END:
        raise CouldNotCheck(f"the look for secrets did not come to its end: {answer[-200:]!r}")
    return sorted(set(files))


def homes(declared: Iterable[str]) -> list[str]:
    """The homes to ask by name: root's, and those that are declared."""
    return sorted({"/root", *declared})
