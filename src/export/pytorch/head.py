"""The network MODEL, grown by gemc, as a PyTorch module.

WHAT

    from MODEL import load
    model = load()             # reads ARRAYS beside this file
    logits = model(samples)    # samples: batch x INPUTS, numbers from 0 to 1 in the order row, column, channel

Within the module tensors have a first axis of length 1, for runs, and the batch as their last axis.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

# every tensor that the network holds: its sizes, whether it is learned, and its learning-rate multiplier
TENSORS = {
