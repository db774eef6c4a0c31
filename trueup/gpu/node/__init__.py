"""The parts of the probe that runs on a node, under whatever Python from 3.6 on it has.

trueup.payload sends them over standard input as one program, so that nothing stays on the node. They import the
standard library and nvidia-ml-py only.
"""
