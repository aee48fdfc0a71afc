"""Messages whose text is compared with TensorFlow 1.12.3's."""


def messages(tf, tensor_pb2, attr_value_pb2):
    graph = tf.GraphDef()
    node = graph.node.add(name='c', op='Const', device=u'\u00e9\n\x01"\'\\')
    node.attr['dtype'].type = 1
    node.attr['f'].f = 0.1
    node.attr['b'].s = b'\xffa"\n\xc3\xa9\'\\\t\r\x01\x7f'
    node.attr['z'].list.i.extend([1, -2])
    node.attr['B'].func.name = 'f'
    node.attr[u'\u00e9'].b = False
    yield 'node', graph
    yield 'empty', tf.GraphDef()

    tensor = tensor_pb2.TensorProto(dtype=77)
    tensor.tensor_shape.dim.add()
    tensor.double_val.extend([0.1, 1e300, float('inf'), float('nan'), -float('inf'), -0.0, 1e-5, 123456789.0, 1e16, 1e15, 1e17])
    tensor.float_val.extend([0.1, 1e30, 3.0, 16777216, 0.3, 1e-5, float('inf')])
    tensor.bool_val.extend([True, False])
    tensor.string_val.extend([b'', b'a\0b'])
    tensor.uint64_val.append(2 ** 64 - 1)
    yield 'tensor', tensor

    config = tf.ConfigProto(device_count={'GPU': 1, 'CPU': 2})
    config.gpu_options.allow_growth = True
    config.cluster_def.job.add(name='w').tasks.update({3: 'c', 1: 'a', -2: 'z', 0: 'q'})
    yield 'config', config

    yield 'feature', tf.train.Feature(int64_list=tf.train.Int64List(value=[1, 2]))
    yield 'event', tf.Event(wall_time=1.5e9 + 0.25, step=3)
    yield 'summary', tf.Summary(value=[tf.Summary.Value(tag='loss', simple_value=0.25)])
    yield 'attr', attr_value_pb2.AttrValue(list=attr_value_pb2.AttrValue.ListValue(s=[b'loc:@a']))
    meta = tf.MetaGraphDef()
    meta.collection_def['b'].node_list.value.append('x:0')
    meta.collection_def['a'].bytes_list.value.append(b'\n\x01')
    meta.meta_info_def.tags.append('serve')
    meta.meta_info_def.any_info.Pack(tf.train.Feature(int64_list=tf.train.Int64List(value=[1, 2])))
    yield 'meta graph', meta
