"""A program that writes an event file with everything a FileWriter writes, and what a summary_iterator says of it."""
import glob
import os

from facts import near


def write(tf, np, folder):
    x = tf.placeholder(tf.float32, [4], name='x')
    tf.summary.scalar('scalar', tf.reduce_sum(x))
    tf.summary.scalar('named', x[0], family='family')
    tf.summary.histogram('histogram', tf.concat([x, [0., -5., 1e10]], 0))
    tf.summary.image('image', tf.reshape(tf.tile(x, [12]), [2, 4, 2, 3]), max_outputs=2)
    tf.summary.audio('audio', tf.reshape(x / 10., [1, 4, 1]), 8000.)
    tf.summary.text('text', tf.constant(['**bold**', 'plain']))
    tf.summary.tensor_summary('tensor', tf.cast(x, tf.int32), display_name='T')
    merged = tf.summary.merge_all()
    with tf.Session() as session, tf.summary.FileWriter(folder, session.graph, filename_suffix='.one') as writer:
        writer.add_meta_graph(tf.train.export_meta_graph(), 1)
        for step in range(3):
            metadata = tf.RunMetadata()
            summary = session.run(merged, {x: np.arange(4.) * (step + 1)}, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), metadata)
            writer.add_summary(summary, step)
            writer.add_run_metadata(metadata, 'step%d' % step, step)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='by hand', simple_value=.25)]), 2 ** 40)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 5)
        writer.add_event(tf.Event(wall_time=12.5, step=6, file_version='x'))


def value_facts(tf, np, value):
    facts = [value.tag, value.WhichOneof('value'), value.metadata.plugin_data.plugin_name, value.metadata.display_name]
    kind = facts[1]
    if kind == 'simple_value':
        facts.append(value.simple_value)
    elif kind == 'histo':
        h = value.histo
        facts.append([h.min, h.max, h.num, h.sum, h.sum_squares, list(h.bucket_limit), list(h.bucket)])
    elif kind == 'image':
        with tf.Graph().as_default(), tf.Session() as session:
            pixels = session.run(tf.image.decode_png(value.image.encoded_image_string))
        facts.append([value.image.height, value.image.width, value.image.colorspace, near(np, pixels)])
    elif kind == 'audio':
        a = value.audio
        facts.append([a.sample_rate, a.num_channels, a.length_frames, a.content_type, a.encoded_audio_string.decode('latin-1')])
    elif kind == 'tensor':
        facts.append(near(np, (getattr(tf, 'make_ndarray', None) or tf.contrib.util.make_ndarray)(value.tensor)))
    return facts


def read(tf, np, folder):
    facts = []
    for path in glob.glob(os.path.join(folder, 'events*.one')):
        for event in tf.train.summary_iterator(path):
            kind = event.WhichOneof('what')
            row = [kind, event.step]
            if kind == 'file_version':
                row.append(event.file_version)
            elif kind == 'graph_def':
                row.append(sorted([n.name, n.op] for n in tf.GraphDef.FromString(event.graph_def).node))
            elif kind == 'meta_graph_def':
                row.append(sorted(n.name for n in tf.MetaGraphDef.FromString(event.meta_graph_def).graph_def.node))
            elif kind == 'tagged_run_metadata':
                metadata = tf.RunMetadata.FromString(event.tagged_run_metadata.run_metadata)
                row += [event.tagged_run_metadata.tag, any(s.node_stats for s in metadata.step_stats.dev_stats)]
            elif kind == 'session_log':
                row.append(event.session_log.status)
            elif kind == 'summary':
                row += [value_facts(tf, np, v) for v in event.summary.value]
            facts.append(row)
    return facts
