"""The lab's own profile, kept here so that an operator's edits to profiles.py never touch the tests."""

from trueup.declaration.profile import (
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

GUIDE_PACKAGES = (
    "libXcomposite",
    "libXcursor",
    "libXi",
    "libXtst",
    "libXrandr",
    "alsa-lib",
    "mesa-libEGL",
    "libXdamage",
    "mesa-libGL",
    "libXScrnSaver",
)

# A container without CAP_SYS_RESOURCE cannot raise memlock above 8192 KiB or nofile above its host's limit.
LAB = Profile(
    accelerator="simulated",
    lock="locks/lab.lock",
    access=Access(
        accounts=(Account(name="root", home="/root"), Account(name="train", home="/home/train")),
        key_type="ed25519",
        mesh="all",
        operator_keys=(),
        exclusive=True,
        mesh_options=(),
    ),
    host=Host(
        packages=(*GUIDE_PACKAGES, "libaio-devel", "gcc-c++"),
        memlock_kib=8192,
        nofile=16384,
        shm_mib=2048,
        archives={},
    ),
    time=Time(servers=()),
    driver=Driver(branch="580", modules="proprietary", headers=False, runfile=None, reboot=False),
    cuda=Cuda(toolkit="11.8"),
    conda=Conda(
        installer="Anaconda3-2023.09-0-Linux-x86_64.sh",
        prefix="/opt/anaconda3",
        init_for=("root", "train"),
    ),
    env=Env(
        name="dis",
        python="3.11",
        wheels={"torch": "2.0.1", "torchvision": "0.15.2", "torchaudio": "2.0.2", "numpy": "1.26.4"},
        cuda_build="11.7",
    ),
    deepspeed=DeepSpeed(version="0.14.5", build_ops=("fused_adam",), zero_stage=0),
    nccl=Nccl(settings={"NCCL_DEBUG": "WARN"}),
    collective=Collective(backend="gloo", ranks_per_node=2, ports=(29500, 29519), deadline_s=240),
)
