"""The main job of `./dev demo`: both models on real data, and a picture of how they did in examples/output/."""
import os
import sys
import time

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from examples import digits, linear_regression

OUTPUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "output")


def confusion_matrix(labels, predictions, n=10):
    """counts[i, j]: how often an image of i was taken for a j."""
    counts = np.zeros([n, n], np.int64)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def draw(regression_losses, digit_losses, confusion, path):
    """The two loss curves and the confusion matrix, as one picture."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.5))
    left.semilogy(regression_losses[:100])
    left.set(title="linear regression", xlabel="step", ylabel="mean squared error")
    middle.semilogy(digit_losses)
    middle.set(title="digit images", xlabel="epoch", ylabel="cross entropy")
    right.imshow(confusion, cmap="Blues")
    right.set(title="digit images: confusion", xlabel="predicted", ylabel="true", xticks=range(10), yticks=range(10))
    for i, row in enumerate(confusion):
        for j, count in enumerate(row):
            if count:
                right.text(j, i, str(count), ha="center", va="center", color="white" if i == j else "black", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    plt.close(figure)


def main():
    """Runs both models; exit status 0 where they reach what they should."""
    matplotlib.use("Agg")  # draws without a screen
    start = time.time()
    difference = linear_regression.main()
    print()
    accuracy = digits.main()
    X_train, X_test, y_train, y_test = linear_regression.load()
    regression = linear_regression.train(X_train, y_train, X_test, y_test, steps=100)
    X_train, X_test, y_train, y_test = digits.load()
    images = digits.train(X_train, y_train, X_test, y_test)
    os.makedirs(OUTPUT, exist_ok=True)
    path = os.path.join(OUTPUT, "demo.png")
    draw(regression["losses"], images["losses"], confusion_matrix(y_test, images["predictions"]), path)
    print()
    print("drawn: %s (%.1f s in all)" % (os.path.relpath(path), time.time() - start))
    return 0 if difference < 1e-3 and accuracy > 0.96 else 1


if __name__ == "__main__":
    sys.exit(main())
