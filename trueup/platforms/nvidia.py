"""NVIDIA's names on a node, for what installs them and what checks them."""

# The libraries of a CUDA toolkit that torch brings copies of: a file's name. POSIX and Python read it alike.
CUDA_LIBRARY = (
    r"^lib(cublas|cublasLt|cudart|cudnn[a-z_]*|cufft|cufftw|cupti|curand|cusolver|cusparse|nccl|nvrtc)[-.].*so"
)
# The driver's own packages, which carry its version; NVIDIA's container toolkit has one of its own.
DRIVER_PACKAGE = r"^(lib)?nvidia-|^cuda-drivers|^libcuda1$|^libnv|^kmod-nvidia"
# The name of the repository's file below /etc/apt/sources.list.d or /etc/yum.repos.d.
REPOSITORY_NAME = "trueup-cuda"
