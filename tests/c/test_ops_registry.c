/* The registries against each other.  `dump` prints them, a line per op, for tests/ops/test_complete.py to compare with facts. */
#include "base/memory.h"
#include "gradients/gradient.h"
#include "graph/opdef.h"
#include "runtime/kernel.h"
#include "test.h"

enum { MAX_ROWS = 256 };

static bool ready(void)
{
    TfgStatus s = TFG_STATUS_INIT;
    bool ok = tfg_init(&s) == 0;
    if (!ok)
        fprintf(stderr, "%s\n", s.message ? s.message : "?");
    tfg_status_fini(&s);
    return ok;
}

static void print_types(uint64_t types)
{
    const char *separator = "";
    for (int d = 1; d < TFG_N_DTYPES; d++)
        if (types >> d & 1) {
            printf("%s%s", separator, tfg_dtype_signature_name((TfgDType)d));
            separator = ",";
        }
}

/* op <tab> gradient (yes, none, -) <tab> kernels: device{attr=type,type;attr=...} separated by spaces */
TEST(dump)
{
    CHECK(ready());
    int n = 0;
    const char **names = tfg_op_def_names(&n);
    CHECK(names != NULL && n > 0);
    for (int i = 0; i < n; i++) {
        const TfgGradRow *grad = tfg_find_gradient(names[i]);
        const TfgKernelRow *rows[MAX_ROWS];
        int n_rows = tfg_kernels_of(names[i], rows, MAX_ROWS);
        printf("op\t%s\t%s\t", names[i], !grad ? "-" : grad->fn ? "yes" : "none");
        for (int j = 0; j < n_rows && j < MAX_ROWS; j++) {
            printf("%s%s{", j ? " " : "", rows[j]->device ? rows[j]->device : "CPU");
            for (int k = 0; k < 4 && rows[j]->types[k].attr; k++) {
                printf("%s%s=", k ? ";" : "", rows[j]->types[k].attr);
                print_types(rows[j]->types[k].types);
            }
            printf("}");
        }
        printf("\n");
    }
    tfg_free(names);
}

TEST(every_signature_parses)
{
    CHECK(ready());
    int n = 0;
    const char **names = tfg_op_def_names(&n);
    for (int i = 0; i < n; i++) {
        const TfgOpDef *def = tfg_find_op_def(names[i]);
        CHECK(def != NULL);
        CHECK_STREQ(def->name, names[i]);
        for (int j = 0; j < def->n_in; j++)
            CHECK(def->in[j].type != TFG_INVALID || def->in[j].type_attr || def->in[j].type_list_attr);
    }
    tfg_free(names);
}

TEST(gradients_are_of_ops)
{
    CHECK(ready());
    int n = 0;
    const char **labels = tfg_gradient_labels(&n);
    CHECK(n > 200);
    for (int i = 0; i < n; i++) {
        const TfgGradRow *row = tfg_find_gradient(labels[i]);
        CHECK(row != NULL);
        if (row->fn && !tfg_find_op_def(row->op))
            TEST_FAIL("a gradient for %s, which is no op", row->op);
    }
    tfg_free(labels);
}

TEST(kernels_name_attributes_of_their_ops)
{
    CHECK(ready());
    int n = 0;
    const char **names = tfg_op_def_names(&n);
    for (int i = 0; i < n; i++) {
        const TfgOpDef *def = tfg_find_op_def(names[i]);
        const TfgKernelRow *rows[MAX_ROWS];
        int n_rows = tfg_kernels_of(names[i], rows, MAX_ROWS);
        for (int j = 0; j < n_rows && j < MAX_ROWS; j++)
            for (int k = 0; k < 4 && rows[j]->types[k].attr; k++)
                if (!tfg_op_def_attr(def, rows[j]->types[k].attr))
                    TEST_FAIL("a kernel of %s asks for attribute %s, which the op lacks", names[i], rows[j]->types[k].attr);
    }
    tfg_free(names);
}
