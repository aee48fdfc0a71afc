"""CombinedNonMaxSuppression, row by row."""
import numpy as np

import pytfgraph as tf

from family import make_tests

test_row = make_tests("later_combined")


def test_the_public_function():
    boxes = np.float32([[[[0, 0, 1, 1]], [[0, 0, 1, .9]], [[.5, .5, 2, 2]]]])
    scores = np.float32([[[.9, .1], [.8, .7], [.6, .2]]])
    with tf.Graph().as_default() as graph, tf.Session() as s:
        found = tf.image.combined_non_max_suppression(boxes, scores, 2, 4, score_threshold=.15)
        assert found.nmsed_boxes.shape == (1, 4, 4) and found.valid_detections.op.name == "combined_non_max_suppression/CombinedNonMaxSuppression"
        found = s.run(found)
        np.testing.assert_array_equal(found.nmsed_scores, np.float32([[.9, .7, .6, .2]]))
        np.testing.assert_array_equal(found.nmsed_classes, [[0, 1, 0, 1]])
        np.testing.assert_array_equal(found.nmsed_boxes[0, 2], [.5, .5, 1, 1])
        assert found.valid_detections.tolist() == [4] and graph.get_tensor_by_name("combined_non_max_suppression/iou_threshold:0").dtype == tf.float32
