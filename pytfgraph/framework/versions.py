"""Version strings that programs look at: those of the TensorFlow whose behaviour this is."""
VERSION = __version__ = "1.12.3"
GIT_VERSION = __git_version__ = "v1.12.3-pytfgraph"
COMPILER_VERSION = __compiler_version__ = "4.8.5"
CXX11_ABI_FLAG = __cxx11_abi_flag__ = 0
MONOLITHIC_BUILD = __monolithic_build__ = 0
GRAPH_DEF_VERSION = 27
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
