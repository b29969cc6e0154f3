"""Write the starter songs: ``python data/compose_starter.py [--out FOLDER]``.

The riffs and the plan of every song stand in ``riff_book``; the package ``composer`` is the band
that plays them.
"""

import argparse
from pathlib import Path

from composer.song import write_songs


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the starter songs.")
    default = Path(__file__).parent / "starter"
    parser.add_argument("--out", type=Path, default=default, help="folder, default data/starter")
    out = parser.parse_args().out
    print(f"{write_songs(out)} songs written to {out}")


if __name__ == "__main__":
    main()
