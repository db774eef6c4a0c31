"""Set up NVIDIA's package repository, once its signature is verified."""

from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host
from pyinfra.facts.files import Sha256File

from deploy import artifact_fetch, shell_commands
from deploy.facts.files import PathState
from deploy.operations import Commands
from trueup.lockfile import Artifact
from trueup.platforms import REPOSITORY_NAME, Distro

TRIAL = f"{artifact_fetch.CACHE}/repository"


def key_path(distro: Distro) -> str:
    """Return the path of the key that only this repository is trusted with."""
    if distro.manager == "apt":
        return f"/etc/apt/keyrings/{REPOSITORY_NAME}.asc"
    return f"/etc/pki/rpm-gpg/RPM-GPG-KEY-{REPOSITORY_NAME}"


def sources(distro: Distro, url: str) -> tuple[str, str]:
    """Return the repository file's path and text (sources.list(5), deb822; yum.conf(5))."""
    key = key_path(distro)
    if distro.manager == "apt":
        text = f"Types: deb\nURIs: {url}/\nSuites: /\nSigned-By: {key}\n"
        return f"/etc/apt/sources.list.d/{REPOSITORY_NAME}.sources", text
    text = f"[{REPOSITORY_NAME}]\nname={REPOSITORY_NAME}\nbaseurl={url}/\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file://{key}\n"
    return f"/etc/yum.repos.d/{REPOSITORY_NAME}.repo", text


def trial(distro: Distro, url: str, node: str) -> str:
    """Read the index in a folder of its own; a wrong signature leaves nothing behind."""
    _, text = sources(distro, url)
    name = "trial.sources" if distro.manager == "apt" else "trial.repo"
    refused = (
        f"{node}: package repository {url}: wanted an index signed by the key in {key_path(distro)}, found one "
        f"that {distro.manager} refuses (its words are above). Nothing was changed. Look at the mirror, and at "
        f"the key's line in the lock."
    )
    if distro.manager == "apt":
        read = (
            f"apt-get -q update -o Dir::Etc::SourceList={TRIAL}/{name} -o Dir::Etc::SourceParts=- "
            f"-o Dir::State::Lists={TRIAL}/lists -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root"
        )
    else:
        read = (
            f"{distro.manager} -q -y makecache --disablerepo='*' --setopt=reposdir={TRIAL} "
            f"--enablerepo={REPOSITORY_NAME} --setopt=cachedir={TRIAL}/cache"
        )
    return (
        f"rm -rf {TRIAL} && mkdir -p {TRIAL}/lists/partial && printf %s {quote(text)} > {TRIAL}/{name} && "
        f"if ! {read} > {TRIAL}/said 2>&1 || grep -q '^[WE]: .*signature' {TRIAL}/said; then "
        f"cat {TRIAL}/said >&2; rm -rf {TRIAL}; echo {quote(refused)} >&2; exit 1; fi; rm -rf {TRIAL}"
    )


@operation()
def packages_of_nvidia(distro: Distro, key: Artifact, mirror: str) -> Commands:
    """Set up the mirror's repository, trusted by a key whose hash a lockfile holds."""
    url = f"{mirror.rstrip('/')}/{distro.nvidia.folder}"
    path, text = sources(distro, url)
    if host.get_fact(Sha256File, path=key_path(distro)) != key.sha256:
        parent = key_path(distro).rpartition("/")[0]
        yield artifact_fetch.fetch(key, mirror, host.name)
        yield f"install -d -m 755 {parent} && install -m 644 {quote(artifact_fetch.path_of(key))} {key_path(distro)}"
        if distro.manager != "apt":
            yield f"rpm --import {key_path(distro)}"
        yield artifact_fetch.drop(artifact_fetch.path_of(key))
    actual = host.get_fact(PathState, path=path)
    if actual is None or (actual.mode, actual.user, actual.content) != ("644", "root", text):
        yield trial(distro, url, host.name)
        yield shell_commands.write_file(path, text, mode="644", user="root", group="root")
