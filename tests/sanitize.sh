#!/usr/bin/env bash
# The suite under the sanitizers, run by `./dev sanitize [asan] [tsan] [memory]` (all three when none is named).
#   asan    ASan+UBSan: C tests with leaks judged, then the Python tests on a library built with shrunken tables
#   tsan    TSan: the C tests of graph and runtime, building and running at once
#   memory  the n-th allocation failing
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
python=$root/.venv/bin/python
[ $# -gt 0 ] || set -- asan tsan memory
failed=()

say() { printf 'sanitize: %s\n' "$*" >&2; }

build() {       # NAME [cmake options]: builds into build/NAME, with a package of its own beside the checkout's Python files
    local dir=build/$1 f
    shift
    mkdir -p "$dir/package/pytfgraph"
    ( cd pytfgraph && find . -type d -not -name __pycache__ -not -path ./include ) | while read -r f; do
        mkdir -p "$dir/package/pytfgraph/$f"
    done
    ( cd pytfgraph && find . -type f -not -name '*.so' -not -name '*.pyc' -not -path './include/*' \
        -not -name descriptors.bin ) | while read -r f; do
        ln -sf "$root/pytfgraph/$f" "$dir/package/pytfgraph/$f"
    done
    say "building $dir"
    cmake -S . -B "$dir" -G Ninja -DPython_EXECUTABLE="$python" -DTFG_TESTS=ON -DTFG_TEST_SIZES=ON \
        -DTFG_PACKAGE_DIR="$root/$dir/package/pytfgraph" "$@" >"$dir/configure.log" 2>&1 &&
        nice ninja -C "$dir" >"$dir/build.log" 2>&1 && return
    tail -n 40 "$dir/build.log" "$dir/configure.log" >&2
    return 1
}

asan() {
    build asan -DTFG_SANITIZE=address,undefined || return 1
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    say "C tests, leaks judged"
    ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 TFG_BUILD_DIR=$root/build/asan \
        "$python" -m pytest -q tests/c || return 1
    say "Python tests"
    # The interpreter is not built with ASan, so its runtime comes first by preloading; its own blocks are not judged.
    # From tests/, so that the checkout's own package is not the first that Python finds.
    cd tests || return 1
    LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" PYTHONMALLOC=malloc \
        ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 PYTHONPATH=$root/build/asan/package \
        "$python" -m pytest -q -m 'not slow' -c "$root/pyproject.toml" --rootdir "$root" api ops python
    local rc=$?
    cd "$root" || return 1
    return $rc
}

tsan() {
    build tsan -DTFG_SANITIZE=thread -DTFG_PYTHON=OFF || return 1
    say "C tests under TSan"
    # TSan's shadow memory wants addresses that are not shuffled.
    TSAN_OPTIONS=halt_on_error=1:die_after_fork=0:second_deadlock_stack=1:suppressions=$root/tests/tsan.supp TFG_BUILD_DIR=$root/build/tsan \
        setarch -R "$python" -m pytest -q tests/c
}

memory() {
    say "failing allocations"
    "$python" -m pytest -q tests/memory
}

for part in "$@"; do
    "$part" || failed+=("$part")
done
if [ ${#failed[@]} -gt 0 ]; then
    say "failed: ${failed[*]}"
    exit 1
fi
say "all passed: $*"
