# What: versions and settings, values only. Every record is explained in docs/profiles.md.

from trueup.declaration import (
    GUIDE_PACKAGES,
    LAB,
    Access,
    Account,
    Collective,
    Conda,
    Cuda,
    DeepSpeed,
    Driver,
    Env,
    Host,
    Nccl,
    Profile,
    Time,
)

__all__ = ["GUIDE", "LAB", "MAINTAINED"]

GUIDE = Profile(
    accelerator="cuda",
    lock="locks/guide.lock",
    access=Access(
        accounts=(Account(name="root", home="/root"),),
        key_type="rsa",
        mesh=(("node1", "node2"),),
        operator_keys=(),
        exclusive=False,
        mesh_options=(),
    ),
    host=Host(
        packages=(*GUIDE_PACKAGES, "libaio-devel", "gcc-c++"),
        memlock_kib="unlimited",
        nofile=65536,
        shm_mib=16384,
        archives={
            "vault": "https://vault.centos.org/7.9.2009",
            "epel": "https://archives.fedoraproject.org/pub/archive/epel/7",
            "scl": "https://vault.centos.org/7.9.2009",
        },
    ),
    time=Time(servers=()),
    driver=Driver(
        branch="580", modules="proprietary", headers=True, runfile=None, reboot=False
    ),  # the last branch that serves Volta
    cuda=Cuda(toolkit="11.7"),
    conda=Conda(
        installer="Anaconda3-2023.09-0-Linux-x86_64.sh",
        prefix="/opt/anaconda3",
        init_for=("root",),
    ),
    env=Env(
        name="dis",
        python="3.10",
        wheels={"torch": "2.0.1", "torchvision": "0.15.2", "torchaudio": "2.0.2", "numpy": "1.26.4"},
        cuda_build="11.7",
    ),
    deepspeed=DeepSpeed(version="0.14.0", build_ops=("fused_adam", "cpu_adam"), zero_stage=2),
    nccl=Nccl(settings={"NCCL_DEBUG": "WARN"}),
    collective=Collective(backend="nccl", ranks_per_node=2, ports=(29500, 29519), deadline_s=300),
)

# The newest that serves A100 and V100S together on Rocky 9 and Ubuntu 22.04, as `trueup solve` finds it:
# torch 2.14 for CUDA 12.6 is the last build with kernels for Volta; it comes from the index of that build.
MAINTAINED = Profile(
    accelerator="cuda",
    lock="locks/maintained.lock",
    access=Access(
        accounts=(Account(name="root", home="/root"),),
        key_type="ed25519",
        mesh="all",
        operator_keys=(),
        exclusive=True,
        mesh_options=(),
    ),
    host=Host(
        packages=(*GUIDE_PACKAGES, "libaio-devel", "gcc-c++"),
        memlock_kib="unlimited",
        nofile=65536,
        shm_mib=16384,
        archives={},
    ),
    time=Time(servers=()),
    driver=Driver(branch="580", modules="proprietary", headers=True, runfile=None, reboot=False),
    cuda=Cuda(toolkit="12.6"),
    conda=Conda(
        installer="Anaconda3-2023.09-0-Linux-x86_64.sh",
        prefix="/opt/anaconda3",
        init_for=("root",),
    ),
    env=Env(
        name="dis",
        python="3.12",
        wheels={
            "torch": "2.14.1",
            "torchvision": "0.29.1",
            "torchaudio": "2.11.0",
            "numpy": "2.5.5",
            "setuptools": "84.2.1",
        },
        cuda_build="12.6",
    ),
    deepspeed=DeepSpeed(version="0.19.8", build_ops=("fused_adam", "cpu_adam"), zero_stage=2),
    nccl=Nccl(settings={"NCCL_DEBUG": "WARN"}),
    collective=Collective(backend="nccl", ranks_per_node=2, ports=(29500, 29519), deadline_s=300),
)
