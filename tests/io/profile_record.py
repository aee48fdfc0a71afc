"""Records what TensorFlow 1.12.3 prints for profile_cases: python profile_record.py, in TensorFlow's own environment."""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    run = subprocess.run([sys.executable, os.path.join(HERE, "profile_cases.py")], stdout=subprocess.PIPE, check=True)
    with open(os.path.join(HERE, "..", "golden", "io", "profile.txt"), "wb") as f:
        f.write(re.sub(b"<.*/profile>", b"<profile>", run.stdout))
