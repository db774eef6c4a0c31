"""One rank of a training step: DeepSpeed over all nodes, and the same steps in one process without it.

Runs on a node in the training environment (torch and DeepSpeed), started by DeepSpeed's launcher.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from trueup.collective.node.device import start_rank
from trueup.collective.node.result_writer import ResultWriter, as_rank

STEPS = 3
SEED = 7
BATCH, WIDTH, HIDDEN = 8, 16, 32
RATE = 0.01


def shard(torch: Any, rank: int, device: str) -> tuple[Any, Any]:
    """Return the data of a rank: its own, and the same on every machine."""
    source = torch.Generator().manual_seed(SEED + 1 + rank)
    inputs = torch.randn(BATCH, WIDTH, generator=source)
    return inputs.to(device), inputs.sin().sum(dim=1, keepdim=True).to(device)


def model(torch: Any, device: str) -> Any:
    """Build a tiny network, the same in every process."""
    torch.manual_seed(SEED)
    layers = (torch.nn.Linear(WIDTH, HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, 1))
    return torch.nn.Sequential(*layers).to(device)


def train_single_process(torch: Any, world: int, device: str) -> list[list[float]]:
    """Return the losses by step and shard of one process with all shards, without DeepSpeed or collectives."""
    net = model(torch, device)
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    data = [shard(torch, rank, device) for rank in range(world)]
    table = []
    for _ in range(STEPS):
        losses = [torch.nn.functional.mse_loss(net(inputs), targets) for inputs, targets in data]
        table.append([loss.item() for loss in losses])
        optimizer.zero_grad()
        (sum(losses) / world).backward()
        optimizer.step()
    return table


def configuration(backend: str, stage: int) -> dict[str, Any]:
    """Return DeepSpeed's configuration for the same steps. The fused Adam for GPUs is not used on the CPU."""
    optimizer = {"lr": RATE, "weight_decay": 0.0, "torch_adam": backend != "nccl"}
    return {
        "train_micro_batch_size_per_gpu": BATCH,
        "optimizer": {"type": "Adam", "params": optimizer},
        "zero_optimization": {"stage": stage},
    }


def train_together(torch: Any, deepspeed: Any, settings: dict[str, Any], rank: int, device: str) -> list[float]:
    """Return the losses of this rank's shard, by step, while all ranks train one network."""
    net = model(torch, device)
    engine = deepspeed.initialize(
        model=net, model_parameters=net.parameters(), config=configuration(settings["backend"], settings["stage"])
    )[0]
    inputs, targets = shard(torch, rank, device)
    losses = []
    for _ in range(STEPS):
        loss = torch.nn.functional.mse_loss(engine(inputs), targets)
        losses.append(loss.item())
        engine.backward(loss)
        engine.step()
    return losses


def run(settings: dict[str, Any], record: ResultWriter) -> None:
    """Run all steps of one rank; an error names the step in the record."""
    torch, rank, size, device = start_rank(settings, record)
    backend = settings["backend"]
    record.step("import deepspeed")
    import deepspeed

    if backend == "gloo":
        # An op of the CPU, which a DeepSpeed that was built for CUDA has no row for (deepspeed/comm/torch.py).
        deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False
    record.step("single process")
    record.facts["single_process"] = train_single_process(torch, size, device)
    record.step("rendezvous")
    deepspeed.init_distributed(dist_backend=backend, timeout=timedelta(seconds=settings["deadline_s"]))
    record.step("training")
    record.facts["losses"] = train_together(torch, deepspeed, settings, rank, device)
    record.step("end")
    torch.distributed.barrier()


def main() -> None:
    """Run one rank of the training step."""
    as_rank("train", run, "stage", losses=[], single_process=[])
