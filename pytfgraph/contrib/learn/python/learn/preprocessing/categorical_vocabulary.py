"""Categories and their numbers."""
import collections

from pytfgraph.util.deprecation import deprecated


class CategoricalVocabulary(object):
    """Numbers categories, strings or integers, as they come; 0 stands for those that are unknown."""

    @deprecated(None, "Please use tensorflow/transform or tf.data.")
    def __init__(self, unknown_token="<UNK>", support_reverse=True):
        """An empty vocabulary.

        Args:
          unknown_token: the name of number 0.
          support_reverse: whether `reverse` will be asked.
        """
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._freq = collections.defaultdict(int)
        self._freeze = False
        self._begin()

    def _begin(self):
        self._mapping = {self._unknown_token: 0}
        if self._support_reverse:
            self._reverse_mapping = [self._unknown_token]

    def _append(self, category):
        self._mapping[category] = len(self._mapping)
        if self._support_reverse:
            self._reverse_mapping.append(category)

    def __len__(self):
        """The number of categories, with the unknown one."""
        return len(self._mapping)

    def freeze(self, freeze=True):
        """New categories get no number of their own from now on, or do so again."""
        self._freeze = freeze

    def get(self, category):
        """The number of a category; a new one gets the next, or 0 when the vocabulary is frozen."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._append(category)
        return self._mapping[category]

    def add(self, category, count=1):
        """Counts a category `count` times, and numbers it when it is new."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency, max_frequency=-1):
        """Keeps what was counted more than `min_frequency` times and, if that is positive, less than `max_frequency` times.

        What is kept is numbered anew, the most frequent first, and those of one frequency by the alphabet.
        """
        ordered = sorted(self._freq.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        ordered.sort(key=lambda item: item[1], reverse=True)
        self._begin()
        for category, count in ordered:
            if max_frequency > 0 and count >= max_frequency:
                continue
            if count <= min_frequency:
                break
            self._append(category)
        self._freq = dict(ordered[:len(self._mapping) - 1])

    def reverse(self, class_id):
        """The category of a number.

        Raises:
          ValueError: the vocabulary was made without support_reverse.
        """
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        return self._reverse_mapping[class_id]
