/* What the fuzzers found worth keeping (tests/fuzz/corpus, a folder per target), as it is and with bytes changed: no crash, no leak.
 * The folders of fuzz_programs.h's targets are tests/fuzz/test_programs.py's. */
#include <dirent.h>
#include <stdlib.h>

#include "../fuzz/fuzz_files.h"
#include "../fuzz/fuzz_images.h"
#include "../fuzz/fuzz_records.h"
#include "../fuzz/mutate.h"
#include "base/memory.h"
#include "test.h"

#define TARGETS(T) T(bmp) T(bundle) T(config) T(example) T(function) T(gif) T(graph) T(jpeg) T(old_checkpoint) T(png) T(records) \
    T(sequence_example) T(snappy) T(summary) T(table) T(wav) T(words) T(zlib)
#define ROOM 65536
enum { ROUNDS = 20 };

typedef int (*Target)(const uint8_t *data, size_t n);

/* -1 for a folder that is not there, else the number of files. */
static int each_file(const char *target, Target run)
{
    static uint8_t kept[ROOM], room[ROOM];
    char path[512];
    int files = 0;
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/fuzz_%s", TFG_CHECKOUT, target);
    DIR *folder = opendir(path);
    struct dirent *entry;
    size_t length = strlen(path);
    while (folder && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path + length, sizeof path - length, "/%s", entry->d_name);
        FILE *f = fopen(path, "rb");
        size_t n = f ? fread(kept, 1, sizeof kept, f) : 0;
        if (f)
            fclose(f);
        int64_t live = 0;
        for (uint64_t k = 0; k < 2 * ROUNDS; k++) {     /* all of it twice: what is made once is made the first time */
            memcpy(room, kept, n);
            run(room, k % ROUNDS ? fuzz_mutate(room, n, sizeof room, k % ROUNDS * 1000 + (uint64_t)files) : n);
            live = k == ROUNDS - 1 ? tfg_alloc_live() : live;
        }
        if (tfg_alloc_live() != live)
            fprintf(stderr, "%s leaks\n", path);
        files = tfg_alloc_live() == live ? files + 1 : -100000;
    }
    if (folder)
        closedir(folder);
    return folder ? files : -1;
}

#define TARGET_TEST(name) TEST(name) { CHECK(each_file(#name, fuzz_##name) > 0); }
TARGETS(TARGET_TEST)
