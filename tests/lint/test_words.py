"""Calls that are banned, names that belong to one machine, files that do not belong in git."""
import re

from sources import ROOT, c_files, lines_that, tracked, without_comments

BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok|tmpnam|mktemp|atoi|atol|atof)\s*\(")
RAW_MEMORY = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|free|strdup|strndup|posix_memalign|aligned_alloc)\s*\(")
PRINTS = re.compile(r"(?<![\w.>])(printf|puts|putchar|perror|abort|exit|_exit)\s*\(")
MACHINE = re.compile("|".join([r"/root/", r"/work/", r"/home/\w", r"/tmp/\w", r"/Users/(?!facai)", r"/opt/"]))
HOSTS = re.compile("|".join([r"pypi\.org", r"pythonhosted", r"artifactory", r"index-url", r"deb\.debian"]))
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
GENERATED = re.compile(r"(\.pb-c\.[ch]|_pb2\.py|\.so|\.o|\.a|\.pyc|descriptors\.bin|CMakeCache\.txt|build\.ninja)$")
# libpng and libjpeg leave by a jump when something is wrong; they know no other way.
ALLOWED_JUMPS = {"csrc/io/image_jpeg.c", "csrc/io/image_jpeg_read.c", "csrc/io/image_jpeg_write.c", "csrc/io/image_png.c"}
JUMPS = re.compile(r"\b(setjmp|longjmp)\s*\(")
ALLOWED_MEMORY = {"csrc/base/memory.c"}
ALLOWED_PRINTS = {"csrc/runtime/place.c", "csrc/runtime/local.c",       # log_device_placement: its lines are the feature
                  "csrc/kernels/control_flow.c"}                        # Abort is the op that ends the process
TEXT = ("*.c", "*.h", "*.inc", "*.py", "*.md", "*.txt", "*.cmake", "*.toml", "*.sh", "*.proto", "*.ipynb", "dev", ".ci/*",
        "*.in", "*.map")


def texts():
    """Every text file but this one, which has to spell what it looks for."""
    return [p for p in tracked(*TEXT) if p.name != "test_words.py"]


def test_no_banned_calls():
    assert not lines_that(c_files(), BANNED, without_comments)
    assert not lines_that([p for p in c_files() if str(p.relative_to(ROOT)) not in ALLOWED_JUMPS], JUMPS, without_comments)


def test_memory_passes_through_tfg_alloc():
    files = [p for p in c_files() if str(p.relative_to(ROOT)) not in ALLOWED_MEMORY]
    assert not lines_that(files, RAW_MEMORY, without_comments)


def test_nothing_prints_or_ends_the_process():
    files = [p for p in c_files() if str(p.relative_to(ROOT)) not in ALLOWED_PRINTS]
    assert not lines_that(files, PRINTS, without_comments)


def test_no_machine_paths():
    assert not lines_that(texts(), MACHINE)


def test_no_registry_hosts():
    assert not lines_that(texts(), HOSTS)


def test_nothing_left_open():
    assert not lines_that(tracked("csrc", "pytfgraph", "proto", "examples", "benchmarks", "setup.py", "dev"), UNFINISHED)


def test_generated_files_are_not_tracked():
    assert not [p for p in tracked() if GENERATED.search(str(p))]

