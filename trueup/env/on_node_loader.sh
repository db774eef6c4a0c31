# Runs on a node in some shell's environment; $1 is a library of torch. Prints what the loader would take for it.
for name in LD_LIBRARY_PATH LD_PRELOAD CUDA_HOME PATH; do
    eval "value=\${$name-}"
    printf 'var|%s|%s\n' "$name" "$value"
done
ldd "$1" | sed 's/^/lib|/'
