#!/usr/bin/env python3
"""Fails when a layer includes what stands to its right, when a file outgrows its room, or when something that belongs to
mcu/base is used elsewhere. Prints one line per finding."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ["mcu", "gpu", "pipelines", "api"]
ROOMS = {  # room of mcu -> rooms it may include
    "base": {"base"},
    "media": {"base", "media"},
    "scene": {"base", "media", "scene"},
    "audio": {"base", "media", "audio"},
    "video": {"base", "media", "scene", "video"},
    "meeting": {"base", "media", "scene", "audio", "video", "meeting"},
}
# Rightmost layer in which a library's headers may stand; the standard library and POSIX may stand anywhere.
LIBRARIES = {
    r"(gst|glib|gio)/|glib\.h|gio/|nice/|agent\.h|srtp2?/|openssl/|libav\w+/|pango|cairo": {"pipelines"},
    r"curl/": {"pipelines", "api"},
    r"boost/(asio|beast)|pistache/|SQLiteCpp/|sqlite3|nlohmann/|toml\+\+|prometheus/|jwt\.h|CLI/": {"api"},
    r"cuda|nv\w*codec|ffnvcodec": {"gpu"},
}
# Folders that a library's headers do not leave.
FOLDERS = {r"boost/(asio|beast)": "api/gateway/", r"pistache/": "api/http_server.cpp"}
# api/auth checks signatures with OpenSSL; everything else of OpenSSL is the transport's.
ALLOWED = {("api/auth", "openssl/"), ("api/", "openssl/")}
BASE_ONLY = re.compile(r"std::(mutex|thread|condition_variable|shared_mutex)\b|steady_clock::now|\bgetenv\(")
HEADER_LINES, SOURCE_LINES = 150, 500
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def tracked_sources():
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *LAYERS], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split("\n")
    return [n for n in names if n.endswith((".h", ".cpp", ".cu")) and (ROOT / n).exists()]


def check_include(name, quote, target):
    layer = name.split("/")[0]
    first = target.split("/")[0]
    if quote == '"':
        if first not in LAYERS:
            yield f'includes "{target}", which is not spelled from the repository root'
        elif LAYERS.index(first) > LAYERS.index(layer):
            yield f"is in {layer} and includes {target}, to its right"
        elif layer == "mcu" and target.split("/")[1] not in ROOMS[name.split("/")[1]]:
            yield f"is in mcu/{name.split('/')[1]} and includes {target}"
        return
    for pattern, folder in FOLDERS.items():
        if re.match(pattern, target) and not name.startswith(folder):
            yield f"includes <{target}>, which stays in {folder}"
    for pattern, layers in LIBRARIES.items():
        if re.match(pattern, target) and layer not in layers:
            if not any(name.startswith(place) and target.startswith(header) for place, header in ALLOWED):
                yield f"is in {layer} and includes <{target}>"


def check_file(name):
    text = (ROOT / name).read_text()
    for match in INCLUDE.finditer(text):
        yield from check_include(name, match.group(1), match.group(2))
    lines = text.count("\n")
    limit = HEADER_LINES if name.endswith(".h") else SOURCE_LINES
    if lines > limit:
        yield f"has {lines} lines, more than {limit}"
    if not name.startswith("mcu/base/"):
        code = re.sub(r"//[^\n]*", "", text)
        for match in BASE_ONLY.finditer(code):
            yield f"uses {match.group(0)}, which belongs to mcu/base"
    if not name.startswith("gpu/") and re.search(r"#\s*if(def)?\b.*CUDA", text):
        yield "asks for CUDA at compile time outside gpu"


def main():
    sources = tracked_sources()
    findings = [f"{name} {finding}" for name in sources for finding in check_file(name)]
    print("\n".join(findings) if findings else f"{len(sources)} files, every room in order")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
