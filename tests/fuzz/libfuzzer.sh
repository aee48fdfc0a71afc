#!/usr/bin/env bash
# Runs one of the targets of fuzz_*.h (fuzz_graph, fuzz_node, fuzz_png, fuzz_table, fuzz_csv, ...) under clang's libFuzzer and
# AddressSanitizer.
#
#     tests/fuzz/libfuzzer.sh TARGET SECONDS [libFuzzer options ...]
#
# csrc/io is compiled with coverage, and for the targets of fuzz_programs.h the kernels that read strings; the rest comes from build/dev
# (./dev build).  Inputs begin from tests/fuzz/corpus/TARGET and, for graphs, from tests/golden; new ones stay in build/fuzz/TARGET.corpus.
# `tests/fuzz/libfuzzer.sh TARGET merge` adds to the corpus that is kept what reaches something new.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
shift 2
out=build/fuzz
mkdir -p "$out/$target.corpus" "tests/fuzz/corpus/$target"
flags=(-g -O1 -std=gnu11 -D_GNU_SOURCE -w -Icsrc -Icsrc/include -Itests/fuzz -fsanitize=address,undefined -fno-sanitize-recover=undefined
       '-DCMPLX(x,y)=__builtin_complex((double)(x),(double)(y))')      # the C library has it for GCC only
header=$(basename "$(grep -l -e "FUZZ_TARGET int $target(" -e "FUZZ_PROGRAM(${target#fuzz_})" tests/fuzz/fuzz_*.h)")
sources=(csrc/io/*.c csrc/tensor/tensor_slice.c csrc/runtime/config.c csrc/graph/device.c)
if [ "$header" = fuzz_programs.h ]; then
    "${PYTHON:-.venv/bin/python}" tests/fuzz/programs.py "$out/programs"
    ln -sf "$PWD/pytfgraph/libtfgraph_re2.so" "$out/"
    sources+=(csrc/kernels/{parsing,string,image_codec,audio,io}*.c csrc/kernels/sparse_serialize.c)
fi
exec 9>"$out/.lock"
flock 9                         # several may be started at once
cc=(clang)
! command -v ccache >/dev/null || cc=(ccache clang)
objects=()
for source in "${sources[@]}"; do
    object=$out/$(basename "$source" .c).o
    objects+=("$object")
    if [ ! -e "$object" ] || [ -n "$(find csrc -name '*.[ch]' -newer "$object" -print -quit)" ]; then
        "${cc[@]}" "${flags[@]}" -fsanitize=fuzzer-no-link -c "$source" -o "$object"
    fi
done
printf '#include "%s"\n' "$header" > "$out/$target.c"
[ "$header" = fuzz_messages.h ] || printf 'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) { return %s(data, n); }\n' "$target" >> "$out/$target.c"
main=()
[ "$header" != fuzz_messages.h ] || main=(-DFUZZ_MAIN="$target")
clang "${flags[@]}" -fsanitize=fuzzer "${main[@]}" "$out/$target.c" "${objects[@]}" build/dev/libtfg_static.a \
    -lsleef -lz -lm -ldl -lpthread -o "$out/$target"
exec 9>&-
seeds=(tests/fuzz/corpus/"$target")
[[ $target != fuzz_graph && $target != fuzz_function ]] || seeds+=(tests/golden/io/graphs)
[ "$target" != fuzz_function ] || seeds+=(tests/golden/functions)
if [ "$seconds" = merge ]; then
    exec "$out/$target" -merge=1 -max_len=4096 "$@" "tests/fuzz/corpus/$target" "$out/$target.corpus"
fi
exec "$out/$target" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$out/" "$@" "$out/$target.corpus" "${seeds[@]}"
