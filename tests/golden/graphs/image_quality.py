x = tf.placeholder(tf.uint8, [None, None, None, 3], name="x"); y = tf.constant(0.5, shape=[2, 40, 48, 3], name="y")
a = tf.image.ssim(x, x, 255); b = tf.image.psnr(x, x, max_val=255)
c = tf.image.ssim_multiscale(x, x, 255, power_factors=[0.4, 0.6]); d = tf.image.sobel_edges(y); e, f = tf.image.image_gradients(y)
