"""The checkout's files, as git knows them, for the tests that read sources."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parent.parent.parent


def tracked(*patterns):
    """Paths of tracked and of new, not ignored files."""
    out = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "--"] + list(patterns),
                         stdout=subprocess.PIPE, check=True).stdout.decode()
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def c_files():
    return tracked("csrc/*.c", "csrc/*.h", "csrc/*.inc")


def without_comments(text):
    """C text whose comments and string literals are blanked, lines kept."""
    out, i, n = [], 0, len(text)
    while i < n:
        if text.startswith("/*", i):
            end = text.find("*/", i + 2)
            end = n if end < 0 else end + 2
        elif text.startswith("//", i):
            end = text.find("\n", i)
            end = n if end < 0 else end
        elif text[i] in "\"'":
            end = i + 1
            while end < n and text[end] != text[i]:
                end += 2 if text[end] == "\\" else 1
            end += 1
        else:
            out.append(text[i])
            i += 1
            continue
        out.append("".join(c if c == "\n" else " " for c in text[i:end]))
        i = end
    return "".join(out)


def lines_that(files, pattern, clean=lambda text: text):
    """["path:line: text"] of the lines in which the compiled pattern is found."""
    found = []
    for path in files:
        for number, line in enumerate(clean(path.read_text(encoding="utf-8", errors="replace")).splitlines(), 1):
            if pattern.search(line):
                found.append("%s:%d: %s" % (path.relative_to(ROOT), number, line.strip()[:120]))
    return found
