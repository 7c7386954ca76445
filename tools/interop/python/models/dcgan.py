"""DCGAN as PyTorch's example has it, for any size of image that is a power of two."""

import torch
from torch import nn
from torch.nn import functional


def stages(config: dict) -> int:
    return config["imageSize"].bit_length() - 3


class Generator(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        features, wide = config["features"], config["features"] * 2 ** (stages(config) - 1)
        layers = [nn.ConvTranspose2d(config["noiseLength"], wide, 4, 1, 0, bias=False), nn.BatchNorm2d(wide), nn.ReLU(True)]
        while wide > features:
            layers += [nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(wide // 2), nn.ReLU(True)]
            wide //= 2
        self.main = nn.Sequential(*layers, nn.ConvTranspose2d(features, config["inChannels"], 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return self.main(noise[:, :, None, None])


class Discriminator(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        wide = config["features"]
        layers = [nn.Conv2d(config["inChannels"], wide, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
        for _ in range(stages(config) - 1):
            layers += [nn.Conv2d(wide, 2 * wide, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * wide), nn.LeakyReLU(0.2, True)]
            wide *= 2
        self.main = nn.Sequential(*layers, nn.Conv2d(wide, 1, 4, 1, 0, bias=False))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.main(images).flatten(1)


class Dcgan:
    """The discriminator learns from real and detached generated images, then the generator from the updated discriminator."""

    def create(self, config: dict) -> nn.Module:
        return nn.ModuleDict({"gen": Generator(config), "disc": Discriminator(config)})

    def groups(self, model: nn.Module) -> dict:
        return {name: list(model[name].parameters()) for name in ("gen", "disc")}

    def step(self, model: nn.Module, optimizers: dict, batch: dict, noise: dict) -> list:
        gen, disc, real = model["gen"], model["disc"], batch["data"]
        given = noise.get("noise")
        length = gen.main[0].in_channels
        fake = gen(torch.randn(len(real), length, dtype=real.dtype) if given is None else given)
        ones, zeros = real.new_ones(len(real), 1), real.new_zeros(len(real), 1)
        criterion = functional.binary_cross_entropy_with_logits

        optimizers["disc"].zero_grad(set_to_none=True)
        loss_disc = criterion(disc(real), ones) + criterion(disc(fake.detach()), zeros)
        loss_disc.backward()
        optimizers["disc"].step()

        optimizers["gen"].zero_grad(set_to_none=True)
        loss_gen = criterion(disc(fake), ones)
        loss_gen.backward()
        optimizers["gen"].step()
        return [loss_disc.item(), loss_gen.item()]

    def predict(self, model: nn.Module, batch: dict) -> torch.Tensor:
        return model["gen"](batch["noise"])


dcgan = Dcgan()
