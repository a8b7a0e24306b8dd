"""Random runs of the capture against the real portal: python -m tests.chaos --runs 200 --seed 1 --jobs 2."""

import argparse
import multiprocessing
import sys
import time

from tests.chaos.worker import work

KINDS = ("lost", "doubled", "stuck", "beside", "console")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", type=int, help="one run by its number")
    asked = parser.parse_args()
    numbers = [asked.only] if asked.only is not None else range(asked.runs)
    spawn, began = multiprocessing.get_context("spawn"), time.monotonic()
    told = spawn.Queue()
    jobs = [
        spawn.Process(target=work, args=(asked.seed, list(numbers)[n :: asked.jobs], told), daemon=True)
        for n in range(asked.jobs)
    ]
    for job in jobs:
        job.start()
    outcomes, working = [], len(jobs)
    while working:
        found = told.get(timeout=300)
        working -= found is None
        if found:
            outcomes.append(found)
            report(found, asked.seed, len(outcomes))
    return table(outcomes, time.monotonic() - began)


def report(found, seed, done):
    if found.wrong:
        say(f"run {found.number} of seed {seed}: {'; '.join(found.wrong)}\n  schedule: {found.schedule}")
    if done % 20 == 0:
        say(f"{done} runs")


def table(outcomes, seconds):
    bad = [one for one in outcomes if one.wrong]
    say(f"\nruns {len(outcomes)}, with faults {sum(len(one.schedule) for one in outcomes)}, failing {len(bad)}")
    for kind in KINDS:
        say(f"  {kind:<8} {sum(any(told.startswith(kind) for told in one.wrong) for one in bad)}")
    each = sorted(one.seconds for one in outcomes) or [0]
    say(f"seconds {seconds:.0f} in all; a run {each[len(each) // 2]:.1f} (median), {each[-1]:.1f} (longest)")
    return bool(bad)


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
