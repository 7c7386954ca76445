"""A U-Net in 2D or 3D as a PyTorch user writes it, with delira's structure and names."""

import torch
from torch import nn
from torch.nn import functional

LAYERS = {
    2: {"conv": nn.Conv2d, "transpose": nn.ConvTranspose2d, "pool": nn.MaxPool2d, "batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d, "mode": "bilinear"},
    3: {"conv": nn.Conv3d, "transpose": nn.ConvTranspose3d, "pool": nn.MaxPool3d, "batch": nn.BatchNorm3d, "instance": nn.InstanceNorm3d, "mode": "trilinear"},
}
DEFAULTS = {"depth": 5, "startFilters": 64, "upMode": "transpose", "mergeMode": "concat", "norm": "none", "normGroups": 8, "bias": True, "deepSupervision": False}


def create_norm(rank: int, channels: int, config: dict) -> nn.Module:
    if config["norm"] == "batch":
        return LAYERS[rank]["batch"](channels)
    if config["norm"] == "instance":
        return LAYERS[rank]["instance"](channels, affine=True)
    return nn.GroupNorm(config["normGroups"], channels) if config["norm"] == "group" else nn.Identity()


class DoubleConv(nn.Module):
    def __init__(self, rank: int, inputs: int, outputs: int, config: dict):
        super().__init__()
        conv = LAYERS[rank]["conv"]
        self.conv1 = conv(inputs, outputs, 3, padding=1, bias=config["bias"])
        self.norm1 = create_norm(rank, outputs, config)
        self.conv2 = conv(outputs, outputs, 3, padding=1, bias=config["bias"])
        self.norm2 = create_norm(rank, outputs, config)

    def convolve(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.norm1(self.conv1(x)))
        return functional.relu(self.norm2(self.conv2(x)))


class DownConv(DoubleConv):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.convolve(x)


class UpConv(DoubleConv):
    def __init__(self, rank: int, inputs: int, outputs: int, config: dict):
        concatenates = config["mergeMode"] == "concat"
        super().__init__(rank, 2 * outputs if concatenates else outputs, outputs, config)
        self.concatenates = concatenates
        layers = LAYERS[rank]
        if config["upMode"] == "transpose":
            self.upconv = layers["transpose"](inputs, outputs, 2, stride=2)
        else:
            self.upconv = nn.Sequential(nn.Upsample(scale_factor=2, mode=layers["mode"]), layers["conv"](inputs, outputs, 1))

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        up = self.upconv(x)
        return self.convolve(torch.cat([up, skip], 1) if self.concatenates else up + skip)


class UNet(nn.Module):
    """Logits; with deep supervision, while training, a list of them: the full resolution's, then the coarser ones'."""

    def __init__(self, rank: int, config: dict):
        super().__init__()
        config = {**DEFAULTS, **config}
        depth, start, classes = config["depth"], config["startFilters"], config["numClasses"]
        conv = LAYERS[rank]["conv"]
        widths = [start * 2**level for level in range(depth)]
        self.rank, self.depth = rank, depth
        self.weights = supervision_weights(depth, config["deepSupervision"])
        self.pool = LAYERS[rank]["pool"](2)
        self.down_convs = nn.ModuleList(DownConv(rank, inputs, outputs, config) for inputs, outputs in zip([config["inChannels"], *widths], widths))
        self.up_convs = nn.ModuleList(UpConv(rank, inputs, outputs, config) for inputs, outputs in zip(widths[:0:-1], widths[-2::-1]))
        self.conv_final = conv(start, classes, 1)
        self.aux_convs = nn.ModuleList(conv(width, classes, 1) for width in widths[1 : len(self.weights)])

    def forward(self, x: torch.Tensor):
        size = x.shape[2:]
        multiple = 2 ** (self.depth - 1)
        extra = [-extent % multiple for extent in size]
        low = [extent // 2 for extent in extra]
        if any(extra):
            x = functional.pad(x, [side for first, both in reversed(list(zip(low, extra))) for side in (first, both - first)])
        skips = []
        for level, block in enumerate(self.down_convs):
            x = block(self.pool(x) if level > 0 else x)
            skips.append(x)
        coarser = []
        for step, block in enumerate(self.up_convs):
            level = self.depth - 2 - step
            x = block(x, skips[level])
            if self.training and 0 < level < len(self.weights):
                coarser.insert(0, crop(self.aux_convs[level - 1](x), low, size, 2**level))
        logits = crop(self.conv_final(x), low, size, 1)
        return [logits, *coarser] if coarser else logits


def centres(low: int, extent: int, factor: int) -> tuple:
    """First cell whose centre lies in the image, and the pixels at the centres of this cell and those after it."""
    pixels = [(cell, factor * cell + factor // 2 - low) for cell in range(low + extent)]
    inside = [(cell, pixel) for cell, pixel in pixels if 0 <= pixel < extent]
    return inside[0][0], [pixel for _, pixel in inside]


def crop(x: torch.Tensor, low: list, size: torch.Size, factor: int) -> torch.Tensor:
    for axis, (before, extent) in enumerate(zip(low, size)):
        first, pixels = centres(before, extent, factor)
        x = x.narrow(axis + 2, first, len(pixels))
    return x


def supervision_weights(depth: int, wanted) -> list:
    """nnU-Net's: halved from level to level, the coarsest of the decoder left out, and together one."""
    if wanted is False:
        return [1.0]
    weights = [0.5**level for level in range(depth - 2)] if wanted is True else wanted
    return [weight / sum(weights) for weight in weights]


def unet_loss(model: UNet, output, label: torch.Tensor, loss) -> torch.Tensor:
    """The loss of each supervised resolution, weighted; coarser labels are those at the centres of the cells."""
    if torch.is_tensor(output):
        return loss(output, label)
    low = [(-extent % 2 ** (model.depth - 1)) // 2 for extent in label.shape[1:]]
    total = 0.0
    for level, (weight, logits) in enumerate(zip(model.weights, output)):
        target = label
        for axis, (before, extent) in enumerate(zip(low, label.shape[1:])):
            target = target.index_select(axis + 1, torch.tensor(centres(before, extent, 2**level)[1]))
        total = total + weight * loss(logits, target)
    return total


def create_unet(rank: int, config: dict) -> UNet:
    return UNet(rank, config)
