/* The frame of a C test program: TEST(name) { CHECK(...); } as often as wanted, no main.  `program` runs all, `program a b` those,
 * `program --list` prints their names.  A failed check ends its test and says where; the exit status counts failed tests. */
#ifndef TFG_TEST_H
#define TFG_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct TestCase {
    const char *name;
    void (*run)(void);
    struct TestCase *next;
} TestCase;

static TestCase *test_first, **test_last = &test_first;
static bool test_broken;

#define TEST(name)                                                                       \
    static void test_##name(void);                                                       \
    __attribute__((constructor)) static void test_add_##name(void)                       \
    {                                                                                    \
        static TestCase me = {#name, test_##name, NULL};                                 \
        *test_last = &me;                                                                \
        test_last = &me.next;                                                            \
    }                                                                                    \
    static void test_##name(void)

#define TEST_FAIL(...)                                                                   \
    do {                                                                                 \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                  \
        fprintf(stderr, __VA_ARGS__);                                                    \
        fputc('\n', stderr);                                                             \
        test_broken = true;                                                              \
        return;                                                                          \
    } while (0)

#define CHECK(x)                                                                         \
    do {                                                                                 \
        if (!(x))                                                                        \
            TEST_FAIL("not true: %s", #x);                                               \
    } while (0)

#define CHECK_EQ_INT(a, b)                                                               \
    do {                                                                                 \
        long long test_a = (long long)(a), test_b = (long long)(b);                      \
        if (test_a != test_b)                                                            \
            TEST_FAIL("%s is %lld, not %lld", #a, test_a, test_b);                       \
    } while (0)

#define CHECK_STREQ(a, b)                                                                \
    do {                                                                                 \
        const char *test_a = (a), *test_b = (b);                                         \
        if (!test_a || !test_b || strcmp(test_a, test_b) != 0)                           \
            TEST_FAIL("%s is\n  %s\nnot\n  %s", #a, test_a ? test_a : "(null)", test_b ? test_b : "(null)"); \
    } while (0)

#define CHECK_OK(call, status)                                                           \
    do {                                                                                 \
        if (!(call))                                                                     \
            TEST_FAIL("%s: %d %s", #call, (int)(status).code, (status).message ? (status).message : ""); \
    } while (0)

static bool test_wanted(const TestCase *t, int n, char **names)
{
    for (int i = 1; i < n; i++)
        if (strcmp(names[i], t->name) == 0)
            return true;
    return n <= 1;
}

int main(int n, char **arguments)
{
    int failed = 0, ran = 0;
    bool list = n == 2 && strcmp(arguments[1], "--list") == 0;
    for (const TestCase *t = test_first; t; t = t->next) {
        if (list)
            puts(t->name);
        if (list || !test_wanted(t, n, arguments))
            continue;
        test_broken = false;
        t->run();
        printf("%s %s\n", test_broken ? "FAILED" : "ok", t->name);
        fflush(stdout);
        failed += test_broken;
        ran++;
    }
    if (!list && ran == 0) {
        fprintf(stderr, "no such test\n");
        return 99;
    }
    return failed > 98 ? 98 : failed;
}

#endif
