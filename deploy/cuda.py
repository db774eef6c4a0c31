"""Install the CUDA toolkit, and let none of it hide torch's own libraries."""

from pyinfra.api.deploy import deploy
from pyinfra.api.exceptions import PyinfraError

from deploy.distro import compiler_for
from deploy.operations import cuda, host, library_overrides, nvidia_repository
from trueup.declaration import Account, Conda, Cuda, Env, Node, env_prefix
from trueup.lockfile import Lock, find_artifact
from trueup.platforms import Distro


@deploy("package repository")
def packages(distro: Distro, node: Node, lock: Lock, site: Lock) -> None:
    """Set up NVIDIA's repository, which the driver needs as well; site: the site's own lock."""
    name = distro.nvidia.key
    key = find_artifact(name, lock, site)
    if key is None:
        raise PyinfraError(
            f"{node.name}: NVIDIA's packages: wanted the SHA-256 of their key {name} in the profile's lock or the "
            f"site's beside it, found none. Get the key over a way that you trust, and add its line there: "
            f"{name} <size> <sha256> <origin>."
        )
    nvidia_repository.packages_of_nvidia(name="NVIDIA's packages", distro=distro, key=key, mirror=node.mirror)


@deploy("cuda")
def apply(desired: Cuda, distro: Distro, accounts: tuple[Account, ...], conda: Conda, env: Env) -> None:
    """Install compiler, toolkit, link and environment, then remove what hides torch's libraries."""
    compiler = compiler_for(distro, desired.toolkit)
    if compiler.package is not None:
        host.packages(name="compiler for nvcc", manager=distro.manager, names=[compiler.package])
    cuda.toolkit(name=f"toolkit {desired.toolkit}", version=desired.toolkit, manager=distro.manager)
    cuda.link(name="link", version=desired.toolkit)
    cuda.environment(name="CUDA_HOME and PATH", compiler=compiler)
    homes = tuple(dict.fromkeys(["/root", *(account.home for account in accounts)]))
    prefix = env_prefix(conda.prefix, env.name)
    library_overrides.startup_files(name="start-up files", shells=distro.shell_files, homes=homes, env=prefix)
    library_overrides.loader(name="ld.so's configuration", toolkit=desired.toolkit)
