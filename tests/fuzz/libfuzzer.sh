#!/usr/bin/env bash
# Runs one of the targets of fuzz_*.h (fuzz_graph, fuzz_node, fuzz_attr, fuzz_png, fuzz_table, fuzz_records, fuzz_example, ...) under clang's libFuzzer and AddressSanitizer.
#
#     tests/fuzz/libfuzzer.sh TARGET SECONDS [libFuzzer options ...]
#
# csrc/io is compiled with coverage; the rest comes from build/dev (./dev build).  Inputs begin from tests/fuzz/corpus/TARGET and, for
# graphs, from tests/golden/io; new ones stay in build/fuzz/TARGET.corpus.  `tests/fuzz/libfuzzer.sh TARGET merge` adds to the corpus
# that is kept what reaches something new.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
shift 2
out=build/fuzz
mkdir -p "$out/$target.corpus" "tests/fuzz/corpus/$target"
flags=(-g -O1 -std=gnu11 -w -Icsrc -Icsrc/include -Itests/fuzz -fsanitize=address,undefined -fno-sanitize-recover=undefined)
objects=()
for source in csrc/io/*.c; do
    object=$out/$(basename "$source" .c).o
    objects+=("$object")
    if [ ! -e "$object" ] || [ -n "$(find csrc -name '*.[ch]' -newer "$object" -print -quit)" ]; then
        clang "${flags[@]}" -fsanitize=fuzzer-no-link -c "$source" -o "$object"
    fi
done
header=$(basename "$(grep -l "FUZZ_TARGET int $target(" tests/fuzz/fuzz_*.h)")
printf '#include "%s"\n' "$header" > "$out/$target.c"
[ "$header" = fuzz_messages.h ] || printf 'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) { return %s(data, n); }\n' "$target" >> "$out/$target.c"
main=()
[ "$header" != fuzz_messages.h ] || main=(-DFUZZ_MAIN="$target")
clang "${flags[@]}" -fsanitize=fuzzer "${main[@]}" "$out/$target.c" "${objects[@]}" build/dev/libtfg_static.a \
    -lsleef -lz -lm -ldl -lpthread -o "$out/$target"
seeds=(tests/fuzz/corpus/"$target")
[ "$target" != fuzz_graph ] || seeds+=(tests/golden/io/graphs)
if [ "$seconds" = merge ]; then
    exec "$out/$target" -merge=1 -max_len=4096 "$@" "tests/fuzz/corpus/$target" "$out/$target.corpus"
fi
exec "$out/$target" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$out/" "$@" "$out/$target.corpus" "${seeds[@]}"
