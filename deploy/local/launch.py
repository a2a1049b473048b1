"""Become another program whose life ends with its parent's, without root's rights if asked.

Run as a script with the standard library only, because it stands between the supervisor and every
process: `launch.py PARENT_PID SIGNAL UNPRIVILEGED_FOLDER PROGRAM [ARGUMENT ...]`. An empty folder
keeps the user. Otherwise, when we are root (PostgreSQL refuses to run as root), the program runs
as `nobody` and the folder is its own:

- in a user namespace in which our user is called nobody: no account, owner or mode changes, and
  folders that only root may enter stay reachable and closed;
- where the kernel refuses namespaces, as the real nobody, who is given the folder.
"""

import ctypes
import os
import pwd
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
# The kernel's own number for "somebody else", used where the system names no such user.
NOBODY_ID = 65534


def main(argv: list[str]) -> None:
    """Do as the module says; returns only by exiting with a sentence."""
    parent, death_signal, folder, *program = argv
    try:
        if folder and os.geteuid() == 0:
            drop_root(Path(folder))
            os.chdir(folder)
        die_with_parent(int(parent), int(death_signal))
        os.execvp(program[0], program)  # noqa: S606 - a shell is not wanted
    except OSError as error:
        sys.exit(f"cannot start {program[0]}: {error}")


def drop_root(folder: Path) -> None:
    """Become nobody. A folder once given to the real nobody is used by the real nobody again."""
    nobody = nobody_id()
    if folder.stat().st_uid != nobody and namespace_works(nobody):
        enter_namespace(nobody)
        return
    give(folder, nobody)
    os.setgroups([])
    os.setresgid(nobody, nobody, nobody)
    os.setresuid(nobody, nobody, nobody)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        sys.exit(f"{folder} lies in a folder that only root may enter: choose another home")


def namespace_works(nobody: int) -> bool:
    """Try it in a child: a namespace that cannot be named correctly cannot be left again."""
    child = os.fork()
    if child == 0:
        try:
            enter_namespace(nobody)
        except (AttributeError, OSError):
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def enter_namespace(nobody: int) -> None:
    """Enter a new user namespace in which we are called nobody; outside nothing changes."""
    user, group = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{nobody} {user} 1"),
        ("gid_map", f"{nobody} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)


def nobody_id() -> int:
    """Number of the user `nobody`."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return NOBODY_ID


def give(folder: Path, owner: int) -> None:
    """Change the owner of a folder and all it holds."""
    os.chown(folder, owner, owner)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(place, name), owner, owner, follow_symlinks=False)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Have the kernel send a signal when the parent dies, also when that was a moment ago."""
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit("the parent has gone")


if __name__ == "__main__":
    main(sys.argv[1:])
