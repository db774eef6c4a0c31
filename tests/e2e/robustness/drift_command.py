"""What makes an operation pending in every component, within a second: a cut then has something to cut."""

SITE = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages"
DRIFT = f"""set -u
chmod 755 /home/train/.ssh; rm -f /home/train/.ssh/id_ed25519 /home/train/.ssh/id_ed25519.pub
rm -f /root/.ssh/authorized_keys /etc/ssh/ssh_known_hosts; echo 127.0.1.1 node1 node2 >>/etc/hosts
dpkg --remove --force-depends libxss1 >/dev/null; rm -f /etc/security/limits.d/90-trueup.conf
mount -o remount,size=64m /dev/shm; systemctl stop chrony
rm -f /etc/apt/sources.list.d/trueup-cuda.sources
rm -f /etc/modprobe.d/trueup-nouveau.conf; apt-mark unhold libnvidia-ml1 >/dev/null; systemctl stop nvidia-persistenced
ln -sfn /usr/local/nothing /usr/local/cuda; rm -f /etc/profile.d/trueup-cuda.sh
sed -i '/BEGIN trueup/,/END trueup/d' /etc/environment
echo export LD_LIBRARY_PATH=/usr/local/cuda-11.4/lib64 >>/root/.bashrc
sed -i '/>>> conda initialize/,/<<< conda initialize/d' /root/.bashrc /home/train/.bashrc
rm -rf {SITE}/tqdm {SITE}/tqdm-*; mkdir -p /var/cache/trueup; echo half >/var/cache/trueup/uv.part
echo >>{SITE}/deepspeed/__init__.py; rm -f /job/hostfile /home/train/.deepspeed_env
rm -f /etc/nccl.conf
"""
# Only ever under an _if of pyinfra's, so that no plan foresees them.
FOLLOW = {"driver | initramfs", "time | service takes its servers", "env | leftovers"}
