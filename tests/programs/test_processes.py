"""Threads and forked children: each case is a program of its own, so that a hang or a crash is a finding and not the end."""
import subprocess
import sys
import textwrap

import pytest

CASES = {
    "eight_threads_share_a_session": """
        import threading
        x = tf.placeholder(tf.float32, [None, 8])
        y = tf.reduce_sum(tf.matmul(x, tf.ones([8, 8])) + 1.0)
        v = tf.Variable(0)
        add = v.assign_add(1, use_locking=True)
        s = tf.Session()
        s.run(v.initializer)
        wrong = []
        def work(k):
            for i in range(200):
                want = 8.0 * 8 * (k + i) + 8
                if abs(s.run(y, {x: [[k + i] * 8]}) - want) > 1e-3: wrong.append((k, i))
                s.run(add.op)
        ts = [threading.Thread(target=work, args=(k,)) for k in range(8)]
        [t.start() for t in ts]; [t.join() for t in ts]
        assert not wrong, wrong[:5]
        assert s.run(v) == 1600, s.run(v)
        """,
    "eight_threads_with_sessions_of_their_own": """
        import threading
        x = tf.placeholder(tf.float32, [])
        y = x * x
        results = {}
        def work(k):
            with tf.Session(graph=y.graph) as s:
                results[k] = [float(s.run(y, {x: i})) for i in range(200)]
        ts = [threading.Thread(target=work, args=(k,)) for k in range(8)]
        [t.start() for t in ts]; [t.join() for t in ts]
        assert all(results[k] == [float(i * i) for i in range(200)] for k in range(8))
        """,
    "building_while_running": """
        import threading
        g = tf.get_default_graph()
        x = tf.placeholder(tf.float32, [])
        y = x + 1.0
        s = tf.Session()
        stop = []
        def build():
            with g.as_default():
                z = y
                while not stop: z = z + 1.0
        t = threading.Thread(target=build)
        t.start()
        for i in range(2000): assert s.run(y, {x: i}) == i + 1
        for i in range(20): assert len(g.as_graph_def().node) >= 3
        stop.append(1)
        t.join()
        """,
    "several_threads_build_one_graph": """
        import threading
        g = tf.get_default_graph()
        def build(k):
            with g.as_default(), tf.name_scope("t"):
                for i in range(500): tf.constant(k)
        ts = [threading.Thread(target=build, args=(k,)) for k in range(4)]
        [t.start() for t in ts]; [t.join() for t in ts]
        names = [op.name for op in g.get_operations()]
        assert len(names) == 2000 and len(set(names)) == 2000
        """,
    "fork_after_a_run": """
        x = tf.placeholder(tf.float32, [None, 64])
        y = tf.reduce_sum(tf.matmul(x, tf.ones([64, 64])))
        s = tf.Session()
        a = np.ones([256, 64], np.float32)
        want = s.run(y, {x: a})
        for _ in range(3):
            pid = os.fork()
            if pid == 0:
                ok = s.run(y, {x: a}) == want and tf.Session().run(y, {x: a}) == want
                os._exit(0 if ok else 1)
            assert os.waitpid(pid, 0)[1] == 0
        assert s.run(y, {x: a}) == want
        """,
    "fork_from_a_second_thread": """
        import threading
        x = tf.placeholder(tf.float32, [None, 64])
        y = tf.reduce_sum(tf.matmul(x, tf.ones([64, 64])))
        s = tf.Session()
        a = np.ones([256, 64], np.float32)
        want = s.run(y, {x: a})
        status = []
        def work():
            pid = os.fork()
            if pid == 0:
                os._exit(0 if s.run(y, {x: a}) == want else 1)
            status.append(os.waitpid(pid, 0)[1])
        t = threading.Thread(target=work)
        t.start(); t.join()
        assert status == [0], status
        """,
    "fork_while_another_thread_is_inside_a_run": """
        import threading
        x = tf.placeholder(tf.float32, [None, 512])
        y = tf.reduce_sum(tf.matmul(x, tf.ones([512, 512])))
        s = tf.Session()
        a = np.ones([1024, 512], np.float32)
        want = s.run(y, {x: a})
        stop = []
        def work():
            while not stop: s.run(y, {x: a})
        t = threading.Thread(target=work)
        t.start()
        for _ in range(10):
            pid = os.fork()
            if pid == 0:
                signal.alarm(60)
                g = tf.Graph()
                with g.as_default(): z = tf.constant(2.0) * 3.0
                ok = s.run(y, {x: a}) == want and tf.Session(graph=g).run(z) == 6.0
                os._exit(0 if ok else 1)
            assert os.waitpid(pid, 0)[1] == 0
        stop.append(1)
        t.join()
        """,
    "keyboard_interrupt_ends_a_wait": """
        import threading, time
        q = tf.FIFOQueue(1, tf.float32)
        s = tf.Session()
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.time()
        try:
            s.run(q.dequeue())
            raise AssertionError("it returned")
        except KeyboardInterrupt:
            pass
        assert time.time() - start < 10
        s.run(q.enqueue(5.0))
        assert s.run(q.dequeue()) == 5.0
        """,
    "closing_cancels_a_wait": """
        import threading, time
        q = tf.FIFOQueue(1, tf.float32)
        d = q.dequeue()
        s = tf.Session()
        seen = []
        def work():
            try: s.run(d)
            except tf.errors.CancelledError as e: seen.append(e)
        t = threading.Thread(target=work)
        t.start()
        time.sleep(0.3)
        s.close()
        t.join(20)
        assert len(seen) == 1
        """,
    "a_million_operations": """
        import time, resource, gc
        def build(n):
            with tf.Graph().as_default() as g:
                x = tf.placeholder(tf.float32, [2])
                y = x
                start = time.perf_counter()
                for _ in range(n): y = y + 1.0
                return g, x, y, time.perf_counter() - start
        small = min(build(25000)[3] for _ in range(3))
        g, x, y, big = build(500000)
        assert big < 60 * small, (small, big)       # 20 times the operations
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 6 * 2**20
        with tf.Session(graph=g) as s: assert s.run(y, {x: [0.0, 1.0]}).tolist() == [500000.0, 500001.0]
        start = time.perf_counter()
        gc.collect()
        assert time.perf_counter() - start < 1.0
        """,
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_process(name):
    source = "import faulthandler, os, signal\nfaulthandler.dump_traceback_later(250, exit=True)\n" \
             "import numpy as np\nimport pytfgraph as tf\n" + textwrap.dedent(CASES[name])
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", source], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-4000:]
