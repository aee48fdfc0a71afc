"""Rows of Einsum, which came with 1.15; TensorFlow 2.21 answers."""
ROWS = []
TYPES = ["float16", "bfloat16", "float32", "float64", "int32", "int64", "complex64", "complex128"]


def count(shape):
    n = 1
    for size in shape:
        n *= size
    return "(np.arange(%d).reshape(%s) %% 7 - 2)" % (n, tuple(shape))


def row(equation, *shapes, dtype="float32", known=True):
    fed = ["S(%s, %r, '%s')" % (count(s), list(s), dtype) if known else "P(%s, '%s')" % (count(s), dtype) for s in shapes]
    ROWS.append(("Einsum %s %s %s%s" % (equation, list(shapes), dtype, "" if known else " unknown"),
                 "raw('Einsum', [%s], equation=%r)" % (", ".join(fed), equation)))


def partly(equation, *shapes):
    """Every second size is unknown."""
    fed = ["S(%s, %r)" % (count(s), [None if i % 2 else n for i, n in enumerate(s)]) for s in shapes]
    ROWS.append(("Einsum %s %s partly known" % (equation, list(shapes)), "raw('Einsum', [%s], equation=%r)" % (", ".join(fed), equation)))


def both(equation, *shapes):
    row(equation, *shapes)
    row(equation, *shapes, known=False)
    partly(equation, *shapes)


for d in TYPES:
    row("ij,jk->ik", (2, 3), (3, 4), dtype=d, known=False)
    row("iij,jk...->...ik", (2, 2, 3), (3, 4, 2), dtype=d, known=False)
    row("abc->cb", (2, 3, 4), dtype=d, known=False)
    row("iij->jjii", (2, 2, 3), dtype=d, known=False)
for equation, *shapes in [
        ("ij->", (2, 3)), ("ij->j", (2, 3)), ("ij->i", (2, 3)), ("ij->ji", (2, 3)), ("ij->ij", (2, 3)), ("ij->ii", (2, 3)), ("->", ()), ("i->", (3,)),
        ("ii->", (3, 3)), ("ii->i", (3, 3)), ("ii->ii", (3, 3)), ("iii->i", (2, 2, 2)), ("iij->ijj", (3, 3, 2)), ("iij->j", (3, 3, 2)), ("i->iii", (3,)),
        ("ab...->...ba", (2, 3, 4, 5)), ("...->...", (2, 3)), ("...->...", ()), ("...ij->...ji", (2, 3)), ("...ii->...i", (4, 2, 2)), ("i...->...", (3, 2)),
        ("...i->...", (2, 3)), ("i->...", (2,)), ("i->i...", (2,)), ("i...->", (2,)), ("i1->1i", (2, 3)), ("Ii->iI", (2, 3)), ("abcd->db", (2, 3, 4, 5)),
        ("ij,kj->ik", (2, 3), (4, 3)), ("ji,jk->ki", (3, 2), (3, 4)), ("ij,->ij", (2, 3), ()), (",->", (), ()), ("ij,ij->ij", (2, 3), (2, 3)),
        ("ij,ij->", (2, 3), (2, 3)), ("i,j->ij", (2,), (3,)), ("i,j->ji", (2,), (3,)), ("i,i->", (3,), (3,)), ("i,j->", (2,), (3,)), ("i,j->iijj", (2,), (3,)),
        ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)), ("bij,bkj->bki", (2, 3, 4), (2, 2, 4)), ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)),
        ("bhqk,bkhd->bqhd", (2, 2, 3, 5), (2, 5, 2, 4)), ("abc,bad->cd", (2, 3, 4), (3, 2, 5)), ("abcd,cdef->abef", (2, 3, 2, 2), (2, 2, 3, 2)),
        ("acdb,be->cea", (2, 3, 4, 5), (5, 2)), ("iij,jk->ik", (2, 2, 3), (3, 4)), ("ii,i->i", (2, 2), (2,)), ("ijx,jky->ik", (2, 3, 4), (3, 2, 2)),
        ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 2)), ("...ij,jk->...ik", (2, 3, 4), (4, 5)), ("ij,...jk->i...k", (2, 3), (4, 5, 3, 2)),
        ("...i,...i->...", (5, 1, 3), (4, 3)), ("a...,b...->...ab", (2, 3), (4, 1)), ("a...,a...->...", (2, 3), (2, 1)), ("...,...->...", (2, 1), (3,)),
        ("...,...->...", (0,), (1,)), ("...a,...->a...", (4, 2), (3, 1)), ("...a,a->...a", (4, 2), (2,)), ("i...j,j...k->...ik", (2, 3, 4), (4, 1, 5)),
        ("b...i,b...i->b...", (2, 3, 4), (2, 3, 4)), ("ab,bc->ac", (0, 3), (3, 2)), ("ab,bc->ac", (2, 0), (0, 2)), ("ab->a", (2, 0)), ("ab->b", (0, 2)),
        ("a->aa", (0,)), ("...,i->i", (), (2,)), ("ii...,...j->i...j", (2, 2, 3), (1, 2))]:
    both(equation, *shapes)
for equation, *shapes in [
        ("ij", (2, 3)), ("ij->->i", (2, 3)), ("i j->i", (2, 3)), ("->", (2,)), ("ij,jk->ik", (2, 3)), ("ij->ij", (2, 3), (3, 4)), ("ij,jk,kl->il", (2, 3), (3, 4)),
        ("i->i", (2,), (2,), (2,)), ("i,i,i->i", (2,), (2,), (2,)), ("...i->i", (2, 3)), ("ij->i", (2,)), ("ij->i", (2, 3, 4)), ("...ij->i", (2,)), ("ii->i", (2, 3)),
        ("ij,jk->ik", (2, 3), (4, 5)), ("i,i->i", (1,), (3,)), ("...i,...i->...", (2, 3), (4, 3)), ("...->i", (2,)), ("...,...->...", (2,), (3,)),
        ("a...,a...->a", (2, 3), (2, 3)), ("i>i", (2,)), ("", ()), (",", (), ()), ("...,...->...", (0,), (3,)), ("abc...,cab...->ab...", (2, 3, 2, 4), (2, 2, 3, 5)),
        ("ab...,ab...->ab...", (2, 3, 4), (2, 3, 5)), ("abx...,aby...->abxy...", (2, 3, 3, 4), (2, 3, 6, 5)), ("...xk,...yk->xy...", (4, 2, 3), (5, 2, 3)),
        ("...kx,...ky->xy...", (4, 3, 2), (5, 3, 2))]:
    both(equation, *shapes)
for equation, *shapes in [("ij->k", (2, 3)), ("ij-> i", (2, 3)), ("i->ij", (2,)), ("i.j->i", (2, 3)), ("...i...->i", (2, 3)), ("ab....->ab", (2, 3, 4)), ("i->i..", (2,))]:
    row(equation, *shapes)
