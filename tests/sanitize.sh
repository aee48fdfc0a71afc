#!/usr/bin/env bash
# The suite under the sanitizers, run by `./dev sanitize [asan] [tsan] [memory]` (all three when none is named).
#   asan    ASan+UBSan, on a library with shrunken tables: C tests with leaks judged, recorded rows and pages, rows through the dataflow
#           executor, random calls of operations, and repeated programs with leaks judged; two processes at a time
#   tsan    TSan: C tests, and many threads that build, run, save, close and fork at once
#   memory  the n-th allocation failing, and programs repeated some hundred times
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

# The interpreter is not built with sanitizers, so their runtime comes first by preloading.  Tests are run from tests/, so that the
# checkout's own package is not the first that Python finds.
under_asan() {  # LEAKS command...
    local leaks=$1
    shift
    LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" PYTHONMALLOC=malloc \
        ASAN_OPTIONS=detect_leaks=$leaks:allocator_may_return_null=1:malloc_context_size=$((leaks ? 6 : 20)) \
        LSAN_OPTIONS=suppressions=$root/tests/lsan.supp:print_suppressions=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
        PYTHONPATH=$root/build/asan/package "$@"
}

asan_tests() {  # pytest under ASan+UBSan; Python's own blocks are not judged
    ( cd tests && under_asan 0 "$python" -m pytest -q -p no:cacheprovider -c "$root/pyproject.toml" --rootdir "$root" "$@" )
}

asan() {
    build asan -DTFG_SANITIZE=address,undefined || return 1
    local rc=0 name
    say "C tests, leaks judged"
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
        TFG_BUILD_DIR=$root/build/asan "$python" -m pytest -q -p no:cacheprovider tests/c || rc=1
    say "recorded rows; beside them pages, and every fourth row through the dataflow executor"
    asan_tests -m 'not slow' ops >build/asan/rows.log 2>&1 &
    local rows=$!
    asan_tests -m 'not slow' api python fuzz/test_found.py fuzz/test_programs.py fuzz/test_loops.py fuzz/test_nodes.py || rc=1
    TFG_EXECUTOR=dataflow asan_tests -m 'not slow' --every 4 ops || rc=1
    wait $rows || rc=1
    tail -n $((rc ? 100 : 1)) build/asan/rows.log
    say "random calls of every operation"
    ( cd tests && under_asan 0 "$python" fuzz/random_ops.py "$RANDOM" 1000000 120 ) >build/asan/random.log 2>&1 ||
        { tail -n 60 build/asan/random.log >&2; rc=1; }
    say "leaks of repeated programs"
    for name in $("$python" tests/memory/repeated.py list); do
        ( cd tests && under_asan 1 "$python" memory/repeated.py "$name" 20 ) >build/asan/leaks.log 2>&1 ||
            { say "$name:"; tail -n 60 build/asan/leaks.log >&2; rc=1; }
    done
    return $rc
}

tsan() {
    build tsan -DTFG_SANITIZE=thread || return 1
    # TSan's shadow memory wants addresses that are not shuffled.
    local rc=0 name options=halt_on_error=1:die_after_fork=0:second_deadlock_stack=1:suppressions=$root/tests/tsan.supp
    say "C tests under TSan"
    TSAN_OPTIONS=$options TFG_BUILD_DIR=$root/build/tsan setarch -R "$python" -m pytest -q -p no:cacheprovider tests/c || rc=1
    say "threads under TSan"
    for name in $("$python" tests/threads/scenarios.py list); do
        ( cd tests && LD_PRELOAD=$(gcc -print-file-name=libtsan.so) TSAN_OPTIONS=$options PYTHONPATH=$root/build/tsan/package \
            timeout 300 setarch -R "$python" threads/scenarios.py "$name" 8 6 ) >build/tsan/threads.log 2>&1 ||
            { say "$name:"; tail -n 80 build/tsan/threads.log >&2; rc=1; }
    done
    return $rc
}

memory() {
    say "failing allocations, repeated programs"
    "$python" -m pytest -q -p no:cacheprovider tests/memory
}

for part in "$@"; do
    "$part" || failed+=("$part")
done
if [ ${#failed[@]} -gt 0 ]; then
    say "failed: ${failed[*]}"
    exit 1
fi
say "all passed: $*"
