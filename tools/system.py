"""What the window needs from the system itself: on Linux, libraries that no Python package brings.

Standard library only.  Windows and macOS bring everything.  ``python -m tools.system`` prints the Debian packages
that are missing, one a line.
"""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# Library -> Debian package.  Found with readelf on PySide6 6.11 and 6.12: what QtGui, QtWidgets, QtPdf, QtNetwork need,
# then what the xcb platform needs besides (with a display).
ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
DISPLAY = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
OTHERS = {  # family in os-release -> the command that brings all of them
    "fedora": "sudo dnf install mesa-libEGL mesa-libGL libxkbcommon libxkbcommon-x11 dbus-libs fontconfig krb5-libs "
    "xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm",
    "suse": "sudo zypper install Mesa-libEGL1 Mesa-libGL1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 fontconfig "
    "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0",
    "arch": "sudo pacman -S --needed libglvnd libxkbcommon libxkbcommon-x11 dbus fontconfig krb5 "
    "xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm",
    "alpine": "",  # no wheels of Qt for musl
}


def has_display(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> bool:
    """Tell whether a window would be seen: a screen is there and nobody asked for the offscreen one."""
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0] in {"offscreen", "minimal", "minimalegl", "vnc"}:
        return False
    if system in {"win32", "darwin"}:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def is_loadable(library: str) -> bool:
    """Tell whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing(*, display: bool) -> dict[str, str]:
    """Give the libraries that are not there -> the Debian package that brings each; empty except on Linux."""
    if sys.platform != "linux":
        return {}
    wanted = ALWAYS | DISPLAY if display else ALWAYS
    return {library: package for library, package in wanted.items() if not is_loadable(library)}


def family(release: Mapping[str, str]) -> str:
    """Give the kind of Linux an os-release describes: debian, fedora, suse, arch, alpine or nothing."""
    words = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".lower().replace("-", " ").split()
    known = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse"}
    names = [known.get(word, word) for word in words]
    return next((name for name in names if name == "debian" or name in OTHERS), "")


def release() -> dict[str, str]:
    """Give the system's os-release, or nothing where there is none."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def advice(packages: list[str], kind: str) -> str:
    """Give the command that installs what is missing on this kind of Linux."""
    if kind == "debian":
        return f"sudo apt-get install {' '.join(packages)}"
    if OTHERS.get(kind):
        return OTHERS[kind]
    return f"install the packages that bring these libraries (named on Debian: {' '.join(packages)})"


def explain(python: Path, *, display: bool) -> str:
    """Give what keeps the window from starting and the command that mends it; nothing where all is well."""
    result = subprocess.run(
        [python, "-c", "import PySide6.QtWidgets, PySide6.QtPdf"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    lacking = missing(display=display)
    if result.returncode == 0 and not lacking:
        return ""
    if not lacking:
        last = result.stderr.strip().splitlines()[-1:] or ["(no message)"]
        return f"The window's library, Qt, does not load on this system. It says:\n  {last[0]}"
    return (
        "The window's library, Qt, needs system libraries that are not installed: "
        f"{', '.join(sorted(lacking))}.\n"
        f"Install them with:\n  {advice(sorted(set(lacking.values())), family(release()))}\nThen run start.py again."
    )


if __name__ == "__main__":
    for each in sorted(set(missing(display="--display" in sys.argv[1:]).values())):
        print(each)
