# What an operator would type on one node, with the same artifacts: the long steps of the guide, and no check of
# anything. $1: the mirror; $2: a file of requirement lines; $3: the wheel of uv;
# $4: the wheel of DeepSpeed. bench/first_converge.py runs it on all nodes at once.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --no-install-recommends install curl ca-certificates chrony libxcomposite1 libxcursor1 libxi6 libxtst6 \
    libxrandr2 libasound2 libegl1 libxdamage1 libgl1 libxss1 libaio-dev g++ g++-11
curl -fsSo /root/key.asc "$1/files/3bf863cc.pub"
install -D -m 644 /root/key.asc /etc/apt/keyrings/by-hand.asc
printf 'Types: deb\nURIs: %s/apt/debian12/x86_64/\nSuites: /\nSigned-By: /etc/apt/keyrings/by-hand.asc\n' "$1" \
    >/etc/apt/sources.list.d/by-hand.sources
apt-get -q update
apt-get -q -y --no-install-recommends install nvidia-driver-pinning-580
apt-get -q -y --no-install-recommends install cuda-drivers-580 cuda-toolkit-11-8
curl -fsSO "$1/files/Anaconda3-2023.09-0-Linux-x86_64.sh"
bash Anaconda3-2023.09-0-Linux-x86_64.sh -b -p /opt/anaconda3
/opt/anaconda3/bin/conda create -y -q --override-channels -c "$1/conda" -p /opt/anaconda3/envs/dis python=3.11
dis=/opt/anaconda3/envs/dis
curl -fsSO "$1/files/$3"
$dis/bin/python -m zipfile -e "$3" uv
chmod 755 uv/*/scripts/uv
env UV_CACHE_DIR=$dis/.cache uv/*/scripts/uv pip install -q --python $dis/bin/python --no-deps --compile-bytecode \
    --no-index --find-links "$1/files/" --require-hashes -r "$2"
curl -fsSO "$1/files/$4"
env UV_CACHE_DIR=$dis/.cache uv/*/scripts/uv pip install -q --python $dis/bin/python --no-deps --compile-bytecode "$4"
rm -rf $dis/.cache uv "$3" "$4" Anaconda3-2023.09-0-Linux-x86_64.sh
