"""How a figure is taken and told: the least time of some rounds, since other work on the machine only adds to it."""

import time


def tell(name, figure, limit, unit="ms"):
    """Print one line; return the name if the figure is over its limit."""
    ratio = figure / limit
    print(f"{name:<64} {figure:>10.1f} {unit:<4} limit {limit:>8.1f}   {ratio:5.2f}x", flush=True)
    return [name] if ratio > 1 else []


def timed(work, rounds=7):
    """Least milliseconds of `work`, after one round that warms up."""
    work()
    return min(once(work)[0] for _ in range(rounds))


def once(work):
    """Milliseconds, and what `work` returned: for steps that cannot be taken twice."""
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result
