"""What every peer shares: pinning, the process group, and one line of JSON as the result."""
import json
import os
import statistics
import time


def pin(core):
    """Keeps this process, and the threads it starts later, on one core."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core % len(os.sched_getaffinity(0))]})


def add_meeting(parser):
    """How the processes of a group find each other: on this machine unless told otherwise."""
    parser.add_argument("--address", default="127.0.0.1", help="of rank 0")
    parser.add_argument("--interface", default="lo", help="that this rank reaches the others by")


def join(torch, options):
    """A gloo group; nothing where there is one worker."""
    torch.set_num_threads(1)
    if options.workers > 1:
        os.environ["GLOO_SOCKET_IFNAME"] = options.interface
        torch.distributed.init_process_group("gloo", init_method=f"tcp://{options.address}:{options.port}",
                                             rank=options.rank, world_size=options.workers)


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
