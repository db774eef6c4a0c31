"""Build the commands that fetch an artifact from the mirror. Pure."""

from shlex import quote

from trueup.lockfile import Artifact

# On the node, for the time of a converge only.
CACHE = "/var/cache/trueup"


def path_of(artifact: Artifact) -> str:
    """Return the artifact's path on the node."""
    return f"{CACHE}/{artifact.name}"


def fetch(artifact: Artifact, mirror: str, node: str) -> str:
    """Fetch with resume, and accept only the locked hash; name and delete a wrong file."""
    url = f"{mirror.rstrip('/')}/files/{artifact.name}"
    final, part = quote(path_of(artifact)), quote(path_of(artifact) + ".part")
    matches = f"printf '%s  %s\\n' {artifact.sha256} {part} | sha256sum -c --status 2>/dev/null"
    unreachable = (
        f"{node}: fetch {artifact.name}: wanted it from {url}, found no such file or no answer. "
        f"Look at the mirror: trueup mirror verify, trueup mirror serve."
    )
    full = (
        f"{node}: fetch {artifact.name}: wanted room for it in {CACHE}, found none. "
        f"Make room (df {CACHE}), then converge again: it goes on where it stopped."
    )
    expected = f"{node}: fetch {artifact.name} from {url}: wanted sha256 {artifact.sha256}, found "
    remedy = ". It was deleted; look at the mirror: trueup mirror verify."
    # 23 is curl's "could not write" (curl(1), EXIT CODES).
    # curl before 7.72 answers a 416 with status 22 even when resuming: too long a partial file would be a dead end.
    too_long = f"if [ -f {part} ] && [ $(wc -c < {part}) -ge {artifact.size} ]; then rm -f {part}; fi; "
    afresh = "" if artifact.size is None else too_long
    endless = (
        f"{node}: fetch {artifact.name} from {url}: wanted {artifact.size} bytes, found more. It was deleted; look at "
        f"the mirror: trueup mirror verify."
    )
    # POSIX counts in blocks of 512 bytes; past the limit the kernel ends curl by SIGXFSZ, which is 128 + 25.
    bound = "" if artifact.size is None else f"ulimit -f {artifact.size // 512 + 64}; "
    return (
        f"mkdir -p {CACHE} && if ! {matches}; then {afresh}"
        f"( {bound}curl -fsSL --retry 5 --connect-timeout 10 --speed-limit 1 --speed-time 60 -C - -o {part} "
        f"{quote(url)} ) || {{ rc=$?; "
        f"if [ $rc -eq 153 ]; then rm -f {part}; echo {quote(endless)} >&2; exit $rc; fi; "
        f"if [ $rc -eq 23 ]; then echo {quote(full)} >&2; exit $rc; fi; "
        f"if ! [ -s {part} ] || [ $rc -ne 33 ]; then echo {quote(unreachable)} >&2; exit $rc; fi; }}; "
        f"fi; if ! {matches}; then found=$(sha256sum < {part} | cut -c1-64); rm -f {part}; "
        f"printf '%s%s%s\\n' {quote(expected)} \"$found\" {quote(remedy)} >&2; exit 1; fi; mv -f {part} {final}"
    )


def drop(*paths: str) -> str:
    """Remove downloads, and the cache folder once it is empty."""
    names = " ".join(quote(path) for path in paths)
    return f'rm -rf {names}; if [ -d {CACHE} ] && [ -z "$(ls -A {CACHE})" ]; then rmdir {CACHE}; fi'
