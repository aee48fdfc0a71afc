#include "base/system.h"

#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 1024

/* The first line of a small file, without its end of line. */
static bool read_line(const char *path, char *line, size_t n)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    bool ok = fgets(line, (int)n, f) != NULL;
    fclose(f);
    if (ok)
        line[strcspn(line, "\n")] = 0;
    return ok;
}

/* The control group's path of this process: version 2 where controller is NULL ("0::/path"), else version 1's ("4:cpu,cpuacct:/path"). */
static bool cgroup_path(const char *controller, char *path)
{
    FILE *f = fopen("/proc/self/cgroup", "re");
    if (!f)
        return false;
    char line[PATH_SIZE];
    bool found = false;
    while (!found && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        char *names = strchr(line, ':');
        char *where = names ? strchr(names + 1, ':') : NULL;
        if (!where)
            continue;
        *where++ = 0;
        names++;
        if (!controller)
            found = *names == 0;
        else
            for (char *rest = NULL, *name = strtok_r(names, ",", &rest); name && !found; name = strtok_r(NULL, ",", &rest))
                found = strcmp(name, controller) == 0;
        if (found)
            snprintf(path, PATH_SIZE, "%s", where);
    }
    fclose(f);
    return found;
}

typedef void (*GroupFn)(const char *folder, void *context);

/* Calls fn for the process's control group and every group above it.  In a container the path may name a place that is not
 * mounted; the mount's root is then the group itself, and it is always among those visited. */
static void walk_groups(const char *mount, const char *controller, GroupFn fn, void *context)
{
    char path[PATH_SIZE], folder[2 * PATH_SIZE];
    if (!cgroup_path(controller, path))
        return;
    for (;;) {
        snprintf(folder, sizeof folder, "%s%s", mount, strcmp(path, "/") == 0 ? "" : path);
        fn(folder, context);
        char *slash = strrchr(path, '/');
        if (!slash || path[0] == 0 || strcmp(path, "/") == 0)
            return;
        slash[slash == path ? 1 : 0] = 0;       /* the last step leaves "/" */
    }
}

static bool read_number(const char *folder, const char *file, uint64_t *value)
{
    char path[3 * PATH_SIZE], line[128], *end;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (!read_line(path, line, sizeof line) || line[0] < '0' || line[0] > '9')
        return false;
    *value = strtoull(line, &end, 10);
    return true;
}

/* ---- Processors ---------------------------------------------------------------------------------------------------------- */

static void take_quota(int *cpus, double quota, double period)
{
    if (quota <= 0 || period <= 0)
        return;
    double n = quota / period;
    int whole = n >= INT_MAX ? INT_MAX : (int)n;
    if (whole < n)
        whole++;
    if (whole < *cpus)
        *cpus = whole;
}

static void cpu_quota_v2(const char *folder, void *context)
{
    char path[3 * PATH_SIZE], line[128];
    double quota, period;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (read_line(path, line, sizeof line) && sscanf(line, "%lf %lf", &quota, &period) == 2)
        take_quota(context, quota, period);
}

static void cpu_quota_v1(const char *folder, void *context)
{
    uint64_t quota, period;
    if (read_number(folder, "cpu.cfs_quota_us", &quota) && read_number(folder, "cpu.cfs_period_us", &period))
        take_quota(context, (double)quota, (double)period);
}

/* Processors in the affinity mask; machines may have more of them than a plain cpu_set_t holds. */
static int affinity_count(void)
{
    int n = 0;
    for (int limit = 1024; limit <= 1 << 18 && n == 0; limit *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)limit);
        if (!set)
            break;
        size_t size = CPU_ALLOC_SIZE((size_t)limit);
        if (sched_getaffinity(0, size, set) == 0)
            n = CPU_COUNT_S(size, set);
        CPU_FREE(set);
    }
    if (n == 0)
        n = (int)sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? n : 1;
}

int tfg_system_processors(void)
{
    static _Atomic int known;           /* asking reads files */
    int n = atomic_load(&known);
    if (n == 0) {
        n = (int)sysconf(_SC_NPROCESSORS_CONF);
        n = n > 0 ? n : 1;
        atomic_store(&known, n);
    }
    return n;
}

int tfg_system_cpus(void)
{
    int n = affinity_count();
    walk_groups("/sys/fs/cgroup", NULL, cpu_quota_v2, &n);
    walk_groups("/sys/fs/cgroup/cpu", "cpu", cpu_quota_v1, &n);
    return n > 0 ? n : 1;
}

/* ---- Memory -------------------------------------------------------------------------------------------------------------- */

static void memory_limit_v2(const char *folder, void *context)
{
    uint64_t limit, *least = context;
    if (read_number(folder, "memory.max", &limit) && limit < *least)
        *least = limit;
}

static void memory_limit_v1(const char *folder, void *context)
{
    uint64_t limit, *least = context;
    if (read_number(folder, "memory.limit_in_bytes", &limit) && limit < *least)
        *least = limit;
}

uint64_t tfg_system_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t least = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
    walk_groups("/sys/fs/cgroup", NULL, memory_limit_v2, &least);
    walk_groups("/sys/fs/cgroup/memory", "memory", memory_limit_v1, &least);
    return least;
}

/* "name value" lines of a statistics file: the value in its own unit, 0 where the name is absent. */
static uint64_t read_statistic(const char *path, const char *name)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    char line[256];
    uint64_t value = 0;
    size_t n = strlen(name);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, name, n) == 0 && (line[n] == ' ' || line[n] == ':')) {
            value = strtoull(line + n + 1, NULL, 10);
            break;
        }
    fclose(f);
    return value;
}

/* What the group may still take: its limit less what it uses, where cached files count as free. */
static void take_group_free(const char *folder, const char *limit_file, const char *use_file, const char *cache_name, uint64_t *least)
{
    char path[3 * PATH_SIZE];
    uint64_t limit, use;
    if (!read_number(folder, limit_file, &limit) || !read_number(folder, use_file, &use))
        return;
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    uint64_t cache = read_statistic(path, cache_name);
    use = use > cache ? use - cache : 0;
    uint64_t left = limit > use ? limit - use : 0;
    if (left < *least)
        *least = left;
}

static void memory_free_v2(const char *folder, void *context)
{
    take_group_free(folder, "memory.max", "memory.current", "inactive_file", context);
}

static void memory_free_v1(const char *folder, void *context)
{
    take_group_free(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", context);
}

uint64_t tfg_system_memory_free(void)
{
    uint64_t kib = read_statistic("/proc/meminfo", "MemAvailable");
    uint64_t swap = read_statistic("/proc/meminfo", "SwapFree");
    uint64_t least = kib ? (kib + swap) * 1024 : UINT64_MAX;
    walk_groups("/sys/fs/cgroup", NULL, memory_free_v2, &least);
    walk_groups("/sys/fs/cgroup/memory", "memory", memory_free_v1, &least);
    return least;
}
