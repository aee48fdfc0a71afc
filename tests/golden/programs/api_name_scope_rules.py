import tensorflow as tf

g = tf.get_default_graph()
for name in ["a", "A", "a/b", "0", ".a", "_a", "-a", "/a", "a/", "a b", u"a\u00e9", "a.b-c_d/e", "a\\b", "a>b", "", None]:
    try:
        with g.name_scope(name) as scope:
            print(repr(name), repr(scope), tf.constant(1).name)
            for inner in ["_a", "-a", "/", "x y", "a"]:
                try:
                    with g.name_scope(inner) as scope:
                        print("   ", repr(inner), repr(scope))
                except ValueError as e:
                    print("   ", repr(inner), "ValueError:", e)
    except ValueError as e:
        print(repr(name), "ValueError:", e)
