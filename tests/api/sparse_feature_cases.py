"""tf.SparseFeature in parse_example and parse_single_example: values, nodes, and what is refused."""

def ex(**kw):
    f={}
    for k,v in kw.items():
        if v and isinstance(v[0],int): f[k]=tf.train.Feature(int64_list=tf.train.Int64List(value=v))
        elif v and isinstance(v[0],float): f[k]=tf.train.Feature(float_list=tf.train.FloatList(value=v))
        elif v: f[k]=tf.train.Feature(bytes_list=tf.train.BytesList(value=v))
        else: f[k]=tf.train.Feature()
    return tf.train.Example(features=tf.train.Features(feature=f)).SerializeToString()
data=[ex(ix=[3,1],iy=[0,2],v=[.5,1.5],w=[b'a',b'b']), ex(), ex(ix=[0],iy=[1],v=[2.5],w=[b'c']), ex(ix=[],iy=[],v=[],w=[])]
def ask(**features):
    for parse, what in ((tf.parse_example, data), (tf.parse_single_example, data[0]), (tf.parse_single_example, data[1])):
        with tf.Graph().as_default() as g, tf.Session() as s:
            try:
                r = parse(what, features)
                print(sorted((k, str(v)) for k, v in r.items()), sorted((o.name, o.type) for o in g.get_operations()))
                for k, v in sorted(s.run(r).items()): print(k, [x.tolist() for x in v] if isinstance(v, tf.SparseTensorValue) else v.tolist())
            except Exception as e: print(type(e).__name__, str(e).split("\n")[0])

#: one index
ask(s=tf.SparseFeature('ix','v',tf.float32,10))

#: sorted already
ask(s=tf.SparseFeature('ix','v',tf.float32,10,already_sorted=True))

#: two indices
ask(s=tf.SparseFeature(['ix','iy'],'v',tf.float32,[10,5]))

#: several features
ask(s=tf.SparseFeature(['ix','iy'],'v',tf.float32,[10,5]), t=tf.SparseFeature('iy','w',tf.string,7), u=tf.VarLenFeature(tf.int64))

#: an index that is parsed too
ask(s=tf.SparseFeature('ix','v',tf.float32,10), ix=tf.VarLenFeature(tf.int64), f=tf.FixedLenFeature([],tf.float32,-1.))

#: an index outside
ask(s=tf.SparseFeature('ix','v',tf.float32,2))

#: another dtype
ask(s=tf.SparseFeature('ix','v',tf.int64,10))

#: no dtype
ask(s=tf.SparseFeature('ix','v',None,10))

#: no size
ask(s=tf.SparseFeature('ix','v',tf.float32,None))

#: too few sizes
ask(s=tf.SparseFeature(['ix','iy'],'v',tf.float32,[10]))

#: an index of floats
ask(s=tf.SparseFeature('v','v',tf.float32,10))

#: an index parsed as floats
ask(s=tf.SparseFeature('ix','v',tf.float32,10), ix=tf.VarLenFeature(tf.float32))

#: lengths that differ
with tf.Session() as s: s.run(tf.parse_example([ex(ix=[3, 1], v=[.5])], dict(s=tf.SparseFeature("ix", "v", tf.float32, 10))))
tf.SparseFeature("ix", "v", tf.float32, 10)
