#!/usr/bin/env python3
"""The kept corpus: fuzz/seeds/TARGET.txt holds inputs of a target, one a line in base64, the shortest first; TARGET-found.txt those that
were findings once.

    seeds.py unpack TARGET FOLDER   writes both to files
    seeds.py pack TARGET FOLDER…    keeps the files of folders, in the place of TARGET.txt
    seeds.py found TARGET FILE…     adds files to TARGET-found.txt
"""
import base64
import pathlib
import sys

SEEDS = pathlib.Path(__file__).parent / "seeds"
# What is longer is left to the fuzzer, which finds it again.
MOST_FILES, LONGEST = 200, 1024


def kept(name):
    file = SEEDS / f"{name}.txt"
    return file.read_text().splitlines() if file.exists() else []


def unpack(target, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number, line in enumerate(kept(target) + kept(f"{target}-found")):
        (folder / f"{number:04}").write_bytes(base64.b64decode(line, validate=True))


def found(target, *files):
    lines = kept(f"{target}-found") + [base64.b64encode(pathlib.Path(file).read_bytes()).decode() for file in files]
    (SEEDS / f"{target}-found.txt").write_text("".join(f"{line}\n" for line in dict.fromkeys(lines)))


def pack(target, *folders):
    files = [file.read_bytes() for folder in folders for file in pathlib.Path(folder).iterdir()]
    chosen = sorted({one for one in files if 0 < len(one) <= LONGEST}, key=lambda one: (len(one), one))
    # Evenly over all lengths, the shortest among them.
    step = max(len(chosen) / MOST_FILES, 1)
    chosen = [chosen[int(at * step)] for at in range(min(len(chosen), MOST_FILES))]
    lines = [base64.b64encode(one).decode() + "\n" for one in chosen]
    (SEEDS / f"{target}.txt").write_text("".join(lines))
    print(f"{target}: {len(chosen)} of {len(files)} inputs, {sum(map(len, lines))} bytes")


if __name__ == "__main__":
    actions = {"unpack": unpack, "pack": pack, "found": found}
    if len(sys.argv) < 4 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])
