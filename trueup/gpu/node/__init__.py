"""The parts of the probe that runs on a node, under whatever Python from 3.6 on it has.

They are joined into one script (trueup.gpu.probe) and sent over standard input, so that nothing stays on
the node. They import the standard library and nvidia-ml-py only, and each other in single lines.
"""
