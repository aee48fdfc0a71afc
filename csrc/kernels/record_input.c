/* RecordInput: batches of the records of TFRecord files, epoch after epoch, mixed in a buffer.
 *
 * Nothing is read ahead: a run that finds too little in the buffer fills it, from as many files at a time as file_parallelism says,
 * sixteen records of each in turn.  So the order is the same in each program; it is TensorFlow's where that has one, with one reader. */
#include <pthread.h>
#include <string.h>

#include "base/fingerprint.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/file.h"
#include "io/records.h"
#include "kernels/util.h"

/* ---- Random numbers: the 64-bit Mersenne Twister (Nishimura, 2000) -------------------------------------------------------------- */

enum { WORDS = 312, MIDDLE = 156 };

typedef struct Twister {
    uint64_t words[WORDS];
    int next;
} Twister;

static void twister_init(Twister *t, uint64_t seed)
{
    t->words[0] = seed;
    for (uint64_t i = 1; i < WORDS; i++)
        t->words[i] = 6364136223846793005u * (t->words[i - 1] ^ (t->words[i - 1] >> 62)) + i;
    t->next = WORDS;
}

static uint64_t twister_next(Twister *t)
{
    if (t->next == WORDS) {
        for (int i = 0; i < WORDS; i++) {
            uint64_t x = (t->words[i] & 0xFFFFFFFF80000000u) | (t->words[(i + 1) % WORDS] & 0x7FFFFFFFu);
            t->words[i] = t->words[(i + MIDDLE) % WORDS] ^ (x >> 1) ^ (x & 1 ? 0xB5026F5AA96619E9u : 0);
        }
        t->next = 0;
    }
    uint64_t x = t->words[t->next++];
    x ^= (x >> 29) & 0x5555555555555555u;
    x ^= (x << 17) & 0x71D67FFFEDA60000u;
    x ^= (x << 37) & 0xFFF7EEE000000000u;
    return x ^ (x >> 43);
}

/* 0 to n - 1, each as likely: C++'s uniform_int_distribution. */
static uint64_t twister_below(Twister *t, uint64_t n)
{
    uint64_t scale = UINT64_MAX / n, past = n * scale, x;
    do
        x = twister_next(t);
    while (x >= past);
    return x / scale;
}

/* ---- State ---------------------------------------------------------------------------------------------------------------------------- */

enum { CHUNK = 16 };

typedef struct Record { char *data; size_t n; } Record;

typedef struct Shard {
    size_t file;                /* the next, of every n_shards-th */
    TfgRecordReader reader;
    bool open, done;
    Record values[CHUNK];       /* the last goes into the buffer first */
    int n;
    TfgStatus status;
} Shard;

typedef struct Input {
    pthread_mutex_t lock;
    char *pattern, *compression;
    uint64_t seed, epoch;
    float shift;
    size_t limit, parallelism;
    int64_t batch;
    Twister random;
    Record *buffer;
    size_t n, capacity;
    char **files;
    size_t n_files, n_shards, turn;
    Shard *shards;
    bool running, found;        /* an epoch's files are being read; it had a record */
    TfgStatus status;           /* once it failed it stays so */
} Input;

static void end_epoch(Input *in)
{
    for (size_t i = 0; i < in->n_shards; i++) {
        Shard *shard = &in->shards[i];
        if (shard->open)
            tfg_record_reader_fini(&shard->reader);
        while (shard->n)
            tfg_free(shard->values[--shard->n].data);
        tfg_status_fini(&shard->status);
    }
    tfg_free(in->shards);
    tfg_file_free_paths(in->files, in->n_files);
    in->shards = NULL;
    in->files = NULL;
    in->n_shards = in->n_files = 0;
    in->running = false;
}

static void input_release(void *state)
{
    Input *in = state;
    if (!in)
        return;
    end_epoch(in);
    for (size_t i = 0; i < in->n; i++)
        tfg_free(in->buffer[i].data);
    tfg_free(in->buffer);
    tfg_free(in->pattern);
    tfg_free(in->compression);
    tfg_status_fini(&in->status);
    pthread_mutex_destroy(&in->lock);
    tfg_free(in);
}

static int check_attrs(int64_t limit, int64_t parallelism, int64_t batch, TfgStatus *s)
{
    if (limit < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "file_buffer_size must be positive, got %lld", (long long)limit);
    if (parallelism < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "file_parallelism must be positive, got %lld", (long long)parallelism);
    if (batch < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_size must be non-negative but got %lld", (long long)batch);
    return 0;
}

static int prepare_input(const TfgPrepare *p, void **state, TfgStatus *s)
{
    int64_t limit = tfg_attrs_int(p->attrs, "file_buffer_size"), parallelism = tfg_attrs_int(p->attrs, "file_parallelism");
    int64_t batch = tfg_attrs_int(p->attrs, "batch_size");
    TfgBytes pattern = tfg_attrs_string(p->attrs, "file_pattern"), compression = tfg_attrs_string(p->attrs, "compression_type");
    if (check_attrs(limit, parallelism, batch, s) < 0)
        return -1;
    Input *in = tfg_calloc(1, sizeof *in);
    if (!in)
        return tfg_fail_memory(s);
    pthread_mutex_init(&in->lock, NULL);
    in->pattern = tfg_strndup(pattern.n ? pattern.data : "", pattern.n);
    bool known = tfg_attrs_string_is(p->attrs, "compression_type", "ZLIB") || tfg_attrs_string_is(p->attrs, "compression_type", "GZIP");
    in->compression = tfg_strndup(known ? compression.data : "", known ? compression.n : 0);      /* others are none, as in TensorFlow */
    if (!in->pattern || !in->compression) {
        input_release(in);
        return tfg_fail_memory(s);
    }
    in->seed = (uint64_t)tfg_attrs_int(p->attrs, "file_random_seed");
    in->shift = tfg_attrs_float(p->attrs, "file_shuffle_shift_ratio");
    in->limit = (size_t)limit;
    in->parallelism = (size_t)parallelism;
    in->batch = batch;
    twister_init(&in->random, in->seed);
    *state = in;
    return 0;
}

/* ---- Epochs --------------------------------------------------------------------------------------------------------------------------- */

static int add_files(Input *in, const char *pattern, TfgStatus *s)
{
    char **found = NULL;
    size_t n = 0, capacity = in->n_files;
    if (tfg_file_match(pattern, &found, &n, s) < 0)
        return -1;
    if (n && tfg_grow((void **)&in->files, &capacity, in->n_files + n, sizeof *in->files) < 0) {
        tfg_file_free_paths(found, n);
        return tfg_fail_memory(s);
    }
    for (size_t i = 0; i < n; i++)
        in->files[in->n_files++] = found[i];
    tfg_free(found);
    return 0;
}

static int find_files(Input *in, TfgStatus *s)
{
    for (const char *from = in->pattern; from;) {
        const char *comma = strchr(from, ',');
        char *one = tfg_strndup(from, comma ? (size_t)(comma - from) : strlen(from));
        int rc = one ? add_files(in, one, s) : tfg_fail_memory(s);
        tfg_free(one);
        if (rc < 0)
            return -1;
        from = comma ? comma + 1 : NULL;
    }
    return in->n_files ? 0 : tfg_fail(s, TFG_NOT_FOUND, "Found no files at %s", in->pattern);
}

static void swap_files(Input *in, size_t i, size_t j)
{
    char *path = in->files[i];
    in->files[i] = in->files[j];
    in->files[j] = path;
}

static void reverse_files(Input *in, size_t from, size_t to)
{
    for (; from + 1 < to; from++, to--)
        swap_files(in, from, to - 1);
}

static void shuffle_files(Input *in)
{
    Twister random;
    twister_init(&random, tfg_murmur64(&in->epoch, sizeof in->epoch, in->seed));
    for (size_t i = 1; i < in->n_files; i++)
        swap_files(in, i, (size_t)twister_below(&random, i + 1));
    if (!(in->shift >= 0 && in->shift < 1))
        return;
    size_t shift = (size_t)(in->shift * (float)in->n_files);
    if (shift >= in->n_files)       /* rounded up */
        return;
    reverse_files(in, 0, shift);
    reverse_files(in, shift, in->n_files);
    reverse_files(in, 0, in->n_files);
}

static int begin_epoch(Input *in, TfgStatus *s)
{
    in->epoch++;
    if (find_files(in, s) < 0)
        return -1;
    shuffle_files(in);
    size_t n = in->parallelism < in->n_files ? in->parallelism : in->n_files;
    in->shards = tfg_calloc(n, sizeof *in->shards);
    if (!in->shards)
        return tfg_fail_memory(s);
    in->n_shards = n;
    for (size_t i = 0; i < n; i++)
        in->shards[i].file = i;
    in->turn = 0;
    in->running = true;
    in->found = false;
    return 0;
}

/* ---- Records -------------------------------------------------------------------------------------------------------------------------- */

static int open_next(Input *in, Shard *shard)
{
    const char *path = in->files[shard->file];
    TfgStatus *s = &shard->status;
    TfgSource *source = tfg_record_source_new(path, in->compression, s);
    if (!source) {
        if (s->code != TFG_RESOURCE_EXHAUSTED) {
            tfg_status_fini(s);
            *s = (TfgStatus)TFG_STATUS_INIT;
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Can't open %s", path);
        }
        return -1;
    }
    if (tfg_record_reader_init_steal(&shard->reader, source, 0, s) < 0)
        return -1;
    shard->open = true;
    shard->file += in->n_shards;
    return 0;
}

/* One more record of the shard, or the end of its files. */
static int read_one(Input *in, Shard *shard)
{
    if (!shard->open && shard->file >= in->n_files) {
        shard->done = true;
        return 0;
    }
    if (!shard->open)
        return open_next(in, shard);
    int there = tfg_record_read(&shard->reader, &shard->status);
    if (there > 0) {
        size_t n = shard->reader.record.n;
        char *data = tfg_alloc(n + 1);
        if (!data)
            return tfg_fail_memory(&shard->status);
        if (n)
            memcpy(data, tfg_str_text(&shard->reader.record), n);
        shard->values[shard->n++] = (Record){data, n};
    } else if (there == 0) {
        tfg_record_reader_fini(&shard->reader);
        shard->open = false;
    }
    return there < 0 ? -1 : 0;
}

/* Each goes to a random place, and what was there behind all. */
static int put(Input *in, Shard *shard, TfgStatus *s)
{
    while (shard->n && in->n < in->limit) {
        if (tfg_grow((void **)&in->buffer, &in->capacity, in->n + 1, sizeof *in->buffer) < 0)
            return tfg_fail_memory(s);
        size_t at = (size_t)(twister_next(&in->random) % (in->n + 1));
        in->buffer[in->n] = in->buffer[at];
        in->buffer[at] = shard->values[--shard->n];
        in->n++;
        in->found = true;
    }
    return 0;
}

/* Until the buffer is full or the files are at their ends. */
static int fill(Input *in, TfgStatus *s)
{
    for (size_t idle = 0; in->n < in->limit && idle < in->n_shards; in->turn = (in->turn + 1) % in->n_shards) {
        Shard *shard = &in->shards[in->turn];
        while (!shard->done && shard->n < CHUNK)
            if (read_one(in, shard) < 0)
                shard->done = true;
        idle = shard->done && !shard->n ? idle + 1 : 0;
        if (put(in, shard, s) < 0)
            return -1;
        if (in->n == in->limit)
            return 0;           /* its turn goes on */
    }
    for (size_t i = 0; i < in->n_shards; i++)
        if (in->shards[i].status.code != TFG_OK)
            return tfg_status_copy(s, &in->shards[i].status);
    if (!in->found)
        return tfg_fail(s, TFG_NOT_FOUND, "Found no records at %s", in->pattern);
    end_epoch(in);
    return 0;
}

static int want_enough(Input *in, TfgStatus *s)
{
    size_t enough = in->limit / 2 > 1 ? in->limit / 2 : 1;
    while (in->running ? in->n < enough : in->n == 0)
        if ((!in->running && begin_epoch(in, s) < 0) || fill(in, s) < 0)
            return -1;
    return 0;
}

static int yield(Input *in, TfgString *out, TfgStatus *s)
{
    if (in->status.code != TFG_OK)
        return tfg_status_copy(s, &in->status);
    if (want_enough(in, s) < 0) {
        tfg_status_copy(&in->status, s);
        end_epoch(in);
        return -1;
    }
    Record *last = &in->buffer[in->n - 1];
    if (tfg_string_set(out, last->data, last->n) < 0)
        return tfg_fail_memory(s);
    tfg_free(last->data);
    in->n--;
    return 0;
}

static int run_input(TfgKernelCall *c, TfgStatus *s)
{
    Input *in = c->state;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &in->batch, s);
    int rc = out ? 0 : -1;
    pthread_mutex_lock(&in->lock);
    for (int64_t i = 0; i < in->batch && rc == 0; i++)
        rc = yield(in, (TfgString *)out->data + i, s);
    pthread_mutex_unlock(&in->lock);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "RecordInput", .prepare = prepare_input, .release = input_release, .run = run_input,
     .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_EXPENSIVE},
};

int tfg_register_kernels_record_input(TfgStatus *s);
int tfg_register_kernels_record_input(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
