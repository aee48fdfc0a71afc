/* Statuses, strings, arenas, maps, checksums and Philox. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/crc32c.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/philox.h"
#include "base/status.h"
#include "base/str.h"
#include "test.h"

TEST(status_says_what_failed)
{
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_EQ_INT(tfg_fail(&s, TFG_NOT_FOUND, "Key %s", "w"), -1);
    CHECK_EQ_INT(s.code, TFG_NOT_FOUND);
    tfg_status_append(&s, " in %d", 3);
    tfg_status_prepend(&s, "[%s] ", "x");
    CHECK_STREQ(s.message, "[x] Key w in 3");
    tfg_fail(&s, TFG_INTERNAL, "again: %s", s.message);
    CHECK_STREQ(s.message, "again: [x] Key w in 3");
    TfgStatus t = TFG_STATUS_INIT;
    CHECK_EQ_INT(tfg_status_copy(&t, &s), -1);
    CHECK_STREQ(t.message, s.message);
    tfg_status_move(&t, &s);
    CHECK_EQ_INT(s.code, TFG_OK);
    CHECK(s.message == NULL);
    CHECK_EQ_INT(tfg_status_copy(&t, &s), 0);
    CHECK_EQ_INT(t.code, TFG_OK);
    tfg_fail_memory(&t);
    tfg_status_copy(&s, &t);
    CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
    tfg_status_append(&s, "!");
    CHECK_STREQ(s.message, "Out of memory!");
    tfg_status_fini(&s);
    tfg_status_fini(&t);
    CHECK_STREQ(tfg_code_name(TFG_INVALID_ARGUMENT), "Invalid argument");
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(status_without_memory)
{
    TfgStatus s = TFG_STATUS_INIT, t = TFG_STATUS_INIT;
    tfg_alloc_fail_at(1);
    tfg_fail(&s, TFG_INTERNAL, "a text %d", 1);
    CHECK(tfg_alloc_failed());
    CHECK_EQ_INT(s.code, TFG_INTERNAL);
    CHECK(s.message != NULL);
    tfg_fail(&s, TFG_INTERNAL, "text");
    tfg_alloc_fail_at(1);
    tfg_status_append(&s, "more");
    CHECK_STREQ(s.message, "text");
    tfg_alloc_fail_at(1);
    tfg_status_copy(&t, &s);
    CHECK_EQ_INT(t.code, TFG_INTERNAL);
    tfg_alloc_fail_at(0);
    tfg_status_fini(&s);
    tfg_status_fini(&t);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(str_grows)
{
    TfgStr s = TFG_STR_INIT;
    CHECK_STREQ(tfg_str_text(&s), "");
    for (int i = 0; i < 1000; i++)
        tfg_str_printf(&s, "%d,", i);
    CHECK_EQ_INT(s.n, 3890);
    CHECK_EQ_INT(strlen(s.data), 3890);
    tfg_str_clear(&s);
    tfg_str_append(&s, "a\0b", 3);
    tfg_str_putc(&s, 'c');
    CHECK(s.n == 4 && memcmp(s.data, "a\0bc", 5) == 0);
    char *text = tfg_str_steal(&s);
    CHECK(memcmp(text, "a\0bc", 5) == 0);
    tfg_free(text);
    text = tfg_str_steal(&s);
    CHECK_STREQ(text, "");
    tfg_free(text);
    tfg_alloc_fail_at(1);
    tfg_str_puts(&s, "x");
    tfg_str_puts(&s, "y");
    tfg_alloc_fail_at(0);
    CHECK(s.failed);
    CHECK_STREQ(tfg_str_text(&s), "");
    CHECK(tfg_str_steal(&s) == NULL);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(arena_keeps_what_it_gave)
{
    TfgArena a;
    tfg_arena_init(&a);
    unsigned char *p[500];
    for (size_t i = 0; i < 500; i++) {
        size_t n = i * i % 1999;
        p[i] = tfg_arena_alloc(&a, n);
        CHECK(p[i] && (uintptr_t)p[i] % 16 == 0);
        for (size_t j = 0; j < n; j++)
            CHECK(p[i][j] == 0);
        memset(p[i], (int)(i & 0xff), n);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < i * i % 1999; j++)
            CHECK(p[i][j] == (i & 0xff));
    CHECK_STREQ(tfg_arena_strndup(&a, "abcdef", 3), "abc");
    CHECK(memcmp(tfg_arena_memdup(&a, "xyz", 3), "xyz", 3) == 0);
    CHECK(tfg_arena_alloc(&a, SIZE_MAX - 8) == NULL);
    tfg_arena_fini(&a);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

/* A plain array beside the map; keys come back often, so additions, replacements and removals mix. */
TEST(map_agrees_with_an_array)
{
    enum { N = 700 };
    static char keys[N][12];
    static intptr_t want[N];
    TfgMap m = {0};
    size_t n = 0;
    uint64_t x = 7;
    for (int i = 0; i < N; i++)
        snprintf(keys[i], sizeof keys[i], "key%d", i * i);
    for (int step = 0; step < 40000; step++) {
        x = tfg_hash_mix(x, (uint64_t)step);
        int k = (int)(x % N);
        size_t length = strlen(keys[k]);
        if (x >> 60 < 7) {
            CHECK_EQ_INT((intptr_t)tfg_map_remove(&m, keys[k], length), want[k]);
            n -= want[k] != 0;
            want[k] = 0;
        } else {
            CHECK_EQ_INT(tfg_map_put(&m, keys[k], length, (void *)(intptr_t)(step + 1)), 0);
            n += want[k] == 0;
            want[k] = step + 1;
        }
        CHECK_EQ_INT(m.n, n);
        k = (int)(x >> 20 & 0x1ff);
        CHECK_EQ_INT((intptr_t)tfg_map_find(&m, keys[k], strlen(keys[k])), want[k]);
    }
    size_t i = 0, seen = 0;
    const char *key;
    void *value;
    while (tfg_map_next(&m, &i, &key, NULL, &value)) {
        seen++;
        CHECK(value != NULL && tfg_map_find(&m, key, strlen(key)) == value);
    }
    CHECK_EQ_INT(seen, n);
    CHECK_EQ_INT(tfg_map_put(&m, NULL, 0, NULL), 0);
    CHECK(tfg_map_has(&m, "", 0) && !tfg_map_has(&m, "\0", 1));
    tfg_map_fini(&m);
    CHECK(!tfg_map_has(&m, "a", 1));
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(idmap_agrees_with_an_array)
{
    enum { N = 500 };
    static uint64_t want[N];
    TfgIdMap m = {0};
    uint64_t x = 1, value;
    size_t n = 0;
    for (int step = 0; step < 40000; step++) {
        x = tfg_hash_mix(x, (uint64_t)step);
        uint64_t k = x % N;
        if (x >> 60 < 7) {
            CHECK(tfg_idmap_remove(&m, k << 40) == (want[k] != 0));
            n -= want[k] != 0;
            want[k] = 0;
        } else {
            CHECK_EQ_INT(tfg_idmap_put(&m, k << 40, (uint64_t)step + 1), 0);
            n += want[k] == 0;
            want[k] = (uint64_t)step + 1;
        }
        CHECK_EQ_INT(m.n, n);
        k = x >> 30 & 0xff;
        CHECK(tfg_idmap_get(&m, k << 40, &value) == (want[k] != 0));
        if (want[k])
            CHECK_EQ_INT(value, want[k]);
    }
    tfg_idmap_fini(&m);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(map_without_memory_stays_whole)
{
    TfgMap m = {0};
    static char keys[64][4];
    int failures = 0;
    for (int i = 0; i < 64; i++) {
        snprintf(keys[i], sizeof keys[i], "%d", i);
        tfg_alloc_fail_at(1);
        if (tfg_map_put(&m, keys[i], strlen(keys[i]), keys[i]) < 0) {
            failures++;
            CHECK(tfg_alloc_failed() && !tfg_map_has(&m, keys[i], strlen(keys[i])));
            CHECK_EQ_INT(tfg_map_put(&m, keys[i], strlen(keys[i]), keys[i]), 0);
        }
        tfg_alloc_fail_at(0);
        for (int j = 0; j <= i; j++)
            CHECK(tfg_map_find(&m, keys[j], strlen(keys[j])) == keys[j]);
    }
    CHECK(failures >= 4);
    tfg_map_fini(&m);
}

/* Vectors of RFC 3720, appendix B.4. */
TEST(crc32c_vectors)
{
    unsigned char b[32];
    memset(b, 0, 32);
    CHECK_EQ_INT(tfg_crc32c(b, 32), 0x8a9136aau);
    memset(b, 0xff, 32);
    CHECK_EQ_INT(tfg_crc32c(b, 32), 0x62a8ab43u);
    for (int i = 0; i < 32; i++)
        b[i] = (unsigned char)i;
    CHECK_EQ_INT(tfg_crc32c(b, 32), 0x46dd794eu);
    CHECK_EQ_INT(tfg_crc32c("123456789", 9), 0xe3069283u);
    for (size_t cut = 0; cut <= 32; cut++)
        CHECK_EQ_INT(tfg_crc32c_extend(tfg_crc32c(b, cut), b + cut, 32 - cut), 0x46dd794eu);
    CHECK_EQ_INT(tfg_crc32c_mask(0), 0xa282ead8u);
}

/* Long data goes through other loops than short data: byte by byte is the truth. */
TEST(crc32c_long)
{
    enum { N = 60000 };
    unsigned char *b = tfg_alloc(N);
    uint32_t *at = tfg_alloc((N + 1) * sizeof *at);
    CHECK(b && at);
    for (int i = 0; i < N; i++)
        b[i] = (unsigned char)((unsigned)i * 2654435761u >> 13);
    at[0] = 0;
    for (int i = 0; i < N; i++)
        at[i + 1] = tfg_crc32c_extend(at[i], b + i, 1);
    for (size_t n = 0; n <= N; n += n < 2000 ? 1 : 997)
        CHECK_EQ_INT(tfg_crc32c(b, n), at[n]);
    for (size_t from = 0; from < N; from += 1231) {
        CHECK_EQ_INT(tfg_crc32c_extend(at[from], b + from, N - from), at[N]);
        CHECK_EQ_INT(tfg_crc32c_join(at[from], tfg_crc32c(b + from, N - from), N - from), at[N]);
    }
    for (uint32_t c = 1; c; c <<= 3)
        CHECK_EQ_INT(tfg_crc32c_unmask(tfg_crc32c_mask(c)), c);
    tfg_free(at);
    tfg_free(b);
}

/* Known answers published with Random123. */
TEST(philox_vectors)
{
    TfgPhilox p = {{0, 0, 0, 0}, {0, 0}};
    uint32_t out[4];
    tfg_philox_next(&p, out);
    CHECK(out[0] == 0x6627e8d5 && out[1] == 0xe169c58d && out[2] == 0xbc57ac4c && out[3] == 0x9b00dbd8);
    p = (TfgPhilox){{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}};
    tfg_philox_next(&p, out);
    CHECK(out[0] == 0x408f276d && out[1] == 0x41c83b0e && out[2] == 0xa20bc7c6 && out[3] == 0x6d5451fd);
    CHECK(p.counter[0] == 0 && p.counter[3] == 0);
    p = (TfgPhilox){{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}};
    tfg_philox_next(&p, out);
    CHECK(out[0] == 0xd16cfe09 && out[1] == 0x94fdcceb && out[2] == 0x5001e420 && out[3] == 0x24126ea1);
}

TEST(philox_skip_is_many_nexts)
{
    TfgPhilox a, b;
    uint32_t x[4], y[4];
    tfg_philox_init(&a, 0x123456789abcdef0u, (uint64_t)-7);
    b = a;
    for (int i = 0; i < 1000; i++)
        tfg_philox_next(&a, x);
    tfg_philox_skip(&b, 1000);
    tfg_philox_next(&a, x);
    tfg_philox_next(&b, y);
    CHECK(memcmp(x, y, sizeof x) == 0);
    tfg_philox_init(&a, 0, UINT64_MAX);
    tfg_philox_skip(&a, UINT64_MAX);
    tfg_philox_skip(&a, 2);
    CHECK(a.counter[0] == 1 && a.counter[1] == 0 && a.counter[2] == 0 && a.counter[3] == 0);
    CHECK(tfg_random_device() != tfg_random_device());
}
