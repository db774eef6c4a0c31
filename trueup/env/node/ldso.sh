# Runs on a node in some shell's environment; $1 is the environment's site-packages. Prints what the loader would
# take: for torch, which brings its paths as RPATH, and for the libraries beside it, whose RUNPATH comes second.
for name in LD_LIBRARY_PATH LD_PRELOAD CUDA_HOME PATH; do
    eval "value=\${$name-}"
    printf 'var|%s|%s\n' "$name" "$value"
done
ldd "$1"/torch/lib/libtorch_cuda.so "$1"/nvidia/*/lib/lib*.so* 2>&1 | sed 's/^/lib|/'
