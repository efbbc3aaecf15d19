"""What every peer shares: pinning, the process group, and one line of JSON as the result."""
import json
import os
import statistics
import time


def pin(core):
    """Keeps this process, and the threads it starts later, on one core."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core % len(os.sched_getaffinity(0))]})


def join(torch, rank, workers, port):
    """A gloo group over the loopback interface; nothing where there is one worker."""
    torch.set_num_threads(1)
    if workers > 1:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
        torch.distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=workers)


class Stopwatch:
    """Wall and processor seconds of each round."""

    def __init__(self):
        self.wall, self.cpu = [], []

    def round(self, work):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)
        return result

    def report(self, **more):
        print(json.dumps({"seconds": statistics.median(self.wall), "cpu_seconds": statistics.median(self.cpu), **more}), flush=True)
