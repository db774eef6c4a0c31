"""What the node's sh is given: the boot script, and one frame per command. Pure.

On the node: `{ cat; sweep; } | sh`. The right-hand sh, the worker, reads frames as its script. `cat` ends when
the controller closes the channel, or is gone; then `sweep` kills the worker and what it is running: its
descendants, and the members of the sessions that they lead. What an earlier command left behind on purpose
(a daemon) is in neither set and lives on.
"""

import shlex

# Linux, include/uapi/linux/binfmts.h: MAX_ARG_STRLEN is 32 pages; a longer argument fails with E2BIG.
COMMAND_LIMIT = 131071
# mksh has no printf of its own, so a piece is an argument of a program too.
_PIECE = 16384

# What runs under sudo is not ours to kill: the account that could start it can end it, by sudo again.
# One line once joined, for `read` takes one: so every statement ends with its own semicolon.
_SWEEP = r"""
scan() { more=1; while [ $more = 1 ]; do more=0; for d in /proc/[0-9]*; do
 { read -r s <$d/stat; } 2>/dev/null || continue;
 p=${d#/proc/}; set -- ${s##*") "}; hit=0;
 case "$self$tree" in *" $p "*) continue;; esac;
 case "$tree" in *" $2 "*) hit=1;; esac;
 if [ "$4" != $$ ]; then case "$tree" in *" $4 "*) hit=1;; esac; fi;
 if [ $hit = 1 ]; then tree="$tree$p "; more=1; fi; done; done; };
alive() { for p in ${tree#" $$ "}; do { read -r s <"/proc/$p/stat"; } 2>/dev/null || continue;
 case "${s##*") "}" in Z*|X*) ;; *) return 0;; esac; done; return 1; };
end() { theirs=; for p in ${tree#" $$ "}; do kill -$1 $p || [ ! -d /proc/$p ] || theirs="$theirs $p"; done;
 if [ "$theirs" ]; then sudo -n kill -$1 $theirs; fi; };
sweep() { read -r self s </proc/self/stat; self=" $self "; tree=" $$ "; scan; end TERM;
 for i in 0.01 0.02 0.05 0.1 0.3 0.5; do alive || return 0; sleep $i || sleep 1; done;
 scan; end KILL; };
"""


# sudo gives a command another environment than sshd does; what decides how programs are found, loaded and
# compiled, and how ranks find each other, has to be what a command over ssh gets.
_KEPT = "^(PATH|LD_[A-Z_]+|PYTHON(PATH|HOME)|CUDA_HOME|CC|CXX|NVCC_[A-Z_]+|TORCH_[A-Z_]+|NCCL_[A-Z_]+|GLOO_[A-Z_]+)="


def boot(hello: str, *, sudo: bool = False) -> str:
    """The command that the SSH session runs: it prints `hello` on both streams, then runs the line it is sent."""
    say = f'printf "\\n%s\\n" {hello}'
    run = f'{say}; {say} >&2; IFS= read -r trueup; eval "$trueup"'
    if not sudo:
        return f"exec sh -c '{run}'"
    keep = 'for v in "$@"; do case $v in PATH=*) v=$v:$PATH;; esac; export "$v"; done; set --; unset v'
    lines = 'set -f; IFS=$(printf "\\n_"); IFS=${IFS%_}'
    lift = f'exec sudo -n -H sh -c {shlex.quote(f"{keep}; {run}")} sh $(env | grep -E "{_KEPT}")'
    return f"exec sh -c {shlex.quote(f'{lines}; {lift}')}"


def start(gone: str) -> bytes:
    """What the shell is sent when it has said hello; it prints `gone` on both streams when the worker dies."""
    say = f'printf "\\n%s\\n" {gone}'
    lines = f"""{_SWEEP}
exec 3>&1 4>&2 >/dev/null 2>&1; trap "" HUP;
{{ exec 3>&- 4>&-; cat; sweep; }} | {{ trap - HUP; sh >&3 2>&4 3>&- 4>&-; {say} >&3; {say} >&4; }}; exit 0"""
    return " ".join(lines.split("\n")).encode() + b"\n" + PRELUDE


# tu_e STATUS NONCE ends a frame. It also looks for processes, born since the frame began, that still hold the
# worker's stdout or stderr: their later output would land in another command's frame, so the worker ends
# itself and says so with a final 1. /proc/loadavg's fifth field is the newest process id.
PRELUDE = rb"""exec 4>&2 2>/dev/null
tu_b() { read -r _ _ _ _ tu_a </proc/loadavg; printf '%s+\n' "$1"; }
tu_held() { for tu_f in /proc/$1/fd/*; do
 if [ "$tu_f" -ef /proc/$$/fd/1 ] || [ "$tu_f" -ef /proc/$$/fd/4 ]; then return 0; fi; done; return 1; }
tu_left() { read -r _ _ _ _ tu_z </proc/loadavg; tu_p=$tu_a
 if [ "$tu_z" -ge "$tu_a" ] && [ $((tu_z-tu_a)) -lt 64 ]; then
  while [ "$tu_p" -lt "$tu_z" ]; do tu_p=$((tu_p+1)); [ -d /proc/$tu_p ] && tu_held $tu_p && return 0; done
  return 1; fi
 for tu_d in /proc/[0-9]*; do tu_p=${tu_d#/proc/}
  if [ "$tu_z" -ge "$tu_a" ]; then [ "$tu_p" -gt "$tu_a" ] && tu_held $tu_p && return 0
  elif [ "$tu_p" -gt "$tu_a" ] || [ "$tu_p" -le "$tu_z" ]; then tu_held $tu_p && return 0; fi; done
 return 1; }
tu_e() { tu_r=$1; if tu_left; then tu_l=1; else tu_l=0; fi
 printf '%s-\n' "$2" >&4; printf '%s-%d %d\n' "$2" "$tu_r" $tu_l; [ $tu_l = 0 ] || exit 0; }
if command -v setsid >/dev/null; then tu_s=setsid; else tu_s=; fi
"""


def check(command: str) -> str:
    """The command itself, or ValueError: sh can carry no NUL, and no argument over 128 KiB."""
    if "\0" in command:
        raise ValueError("a command cannot hold a NUL character; send the bytes through stdin")
    if (size := len(command.encode("utf-8", "surrogateescape"))) > COMMAND_LIMIT:
        raise ValueError(f"a command of {size} bytes is over {COMMAND_LIMIT}; send the data through stdin")
    return command


def frame(command: str, nonce: str, stdin: bytes | None = None) -> bytes:
    """The script text that runs one command and marks its ends with `nonce`."""
    word = shlex.quote(command).encode("utf-8", "surrogateescape")
    source, feed = b"</dev/null ", b""
    if stdin is not None:
        pieces = (stdin[at : at + _PIECE // 4] for at in range(0, len(stdin), _PIECE // 4))
        feed = b"{ :; " + b"".join(b"printf '" + _octal(piece) + b"'; " for piece in pieces) + b"} | "
        source = b""
    mark = nonce.encode()
    # The subshell keeps the worker's own word on the command's death ("Killed") out of the command's stderr.
    return b"tu_b %s; %s(exec $tu_s sh -c %s %s2>&4 4>&-); tu_e $? %s\n" % (mark, feed, word, source, mark)


_PLAIN = frozenset(b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;/_=+@#(){}[]<>"$&*!|-\n')
_OCTAL = [bytes([code]) if code in _PLAIN else b"\\%03o" % code for code in range(256)]


def _octal(piece: bytes) -> bytes:
    # A leading "-" would be read as printf's option; bytes that printf or the quotes would change are octal.
    text = b"".join([_OCTAL[code] for code in piece])
    return b"\\055" + text[1:] if text.startswith(b"-") else text
