"""Another CUDA library before torch's own, in each way that a node allows; stand-ins under real names."""

from dataclasses import dataclass

SITE = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages"
MESSAGE = "cuda/loader_variables_are_unset"
FIRST = "cuda/nothing_comes_before_torch_s_own_libraries"


@dataclass(frozen=True)
class Way:
    """breaks: shell lines, after the old libraries lie in its folder; check: the one that must see it.

    library: what that check must name. Each way has a folder of its own, so that a message tells the ways apart.
    """

    name: str
    breaks: str
    check: str
    library: str = "libcublas.so.11"
    within: str = ""

    @property
    def folder(self) -> str:
        """Where its old libraries lie."""
        return f"/opt/old-{self.name}"

    @property
    def path(self) -> str:
        """The file that the check must name."""
        return f"{self.within or self.folder}/{self.library}".removesuffix("/")

    def script(self) -> str:
        """Make the library with a version mark, as an older toolkit's would have it, and put it first."""
        library = self.library or "libcublas.so.11"
        return (
            f"set -e; mkdir -p {self.folder}; cd {self.folder}; printf '{library} {{ global: *; }};' > map; "
            f"echo 'int cublasCreate_v2(void) {{ return 1; }}' | gcc -shared -fPIC -x c "
            f"-Wl,-soname,{library} -Wl,--version-script,map -o {library} -; rm map; {self.breaks}"
        )


WAYS = (
    Way(
        "bashrc",
        "echo 'export LD_LIBRARY_PATH=/opt/old-bashrc:$LD_LIBRARY_PATH' >> /root/.bashrc",
        f"{FIRST}[interactive shell, root]",
        "libcublasLt.so.11",
    ),
    Way(
        "user",
        "printf '\\nif [ -d /opt ]; then\\n    export LD_LIBRARY_PATH=/opt/old-user\\nfi\\n' >> /home/train/.bashrc",
        f"{FIRST}[interactive shell, train]",
    ),
    Way(
        "profile",
        "echo 'LD_LIBRARY_PATH=/opt/old-profile; export LD_LIBRARY_PATH' > /etc/profile.d/old-cuda.sh",
        f"{FIRST}[login shell, train]",
    ),
    Way(
        "environment",
        "echo LD_LIBRARY_PATH=/opt/old-environment >> /etc/environment",
        f"{FIRST}[ssh command, root]",
    ),
    Way(
        "units",
        "mkdir -p /etc/systemd/system.conf.d; "
        "printf '[Manager]\\nDefaultEnvironment=LD_LIBRARY_PATH=/opt/old-units\\n' "
        "> /etc/systemd/system.conf.d/old-cuda.conf; systemctl daemon-reexec",
        f"{FIRST}[systemd unit, root]",
    ),
    Way(
        "cached",
        "echo /opt/old-cached > /etc/ld.so.conf.d/000-old-cuda.conf; ldconfig",
        "cuda/loader_s_cache_has_no_other_toolkit",
    ),
    Way(
        "preloaded",
        "echo /opt/old-preloaded/libnvrtc.so.11.2 >> /etc/ld.so.preload",
        "cuda/nothing_is_preloaded",
        "libnvrtc.so.11.2",
    ),
    Way(
        "beside-torch",
        f"cp libnvrtc.so.11.2 {SITE}/torch/lib/",
        "cuda/environment_holds_no_strays",
        "libnvrtc.so.11.2",
        "torch/lib",
    ),
    Way(
        "in-place",
        f"rm {SITE}/nvidia/curand/lib/libcurand.so.10; cp libcurand.so.10 {SITE}/nvidia/curand/lib/",
        "env/wheel_is_whole[nvidia-curand-cu11]",
        "libcurand.so.10",
        "nvidia/curand/lib",
    ),
    Way(
        "activation",
        "mkdir -p /opt/anaconda3/envs/dis/etc/conda/activate.d; echo 'export LD_LIBRARY_PATH=/opt/old-activation' "
        "> /opt/anaconda3/envs/dis/etc/conda/activate.d/old-cuda.sh",
        "cuda/activation_sets_no_loader_variables",
        "",
        "/opt/old-activation",
    ),
)
# Alone, because it is in everybody's way: the guide's own error at the import of torch.
PRELOAD = Way(
    "preload",
    "echo LD_PRELOAD=/opt/old-preload/libcublas.so.11 >> /etc/environment",
    f"{FIRST}[ssh command, root]",
)
