"""Examples: the main job of `./dev demo`, and a C program on the public header."""
