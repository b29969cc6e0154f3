"""What `make bench` measured, as README shows it."""

from pathlib import Path

import rockonet_utils as ru


def report(results: dict[str, dict]) -> None:
    """What was measured, as README shows it; results: of the steps that were taken, by name."""
    if {"symusic_alone", "corpus_built_and_saved", "music21_route"} <= results.keys():
        seconds = {
            name: row["seconds"] / row["files"] for name, row in results.items() if "files" in row
        }
        ours = seconds["corpus_built_and_saved"]
        to_symusic, to_music21 = ours / seconds["symusic_alone"], seconds["music21_route"] / ours
        print(
            f"\nA file costs build_corpus {to_symusic:.1f} times what symusic alone takes, "
            f"and music21 {to_music21:,.0f} times what build_corpus takes."
        )
    for name, table in results.get("fingerings_by_people", {}).get("hand", {}).items():
        print(f"\nFingerings as people choose them, {name}:\n{table}")
    if found := results.get("predictors"):
        print("\nNats for an event of the test songs:")
        for name, nats in found["nats"].items():
            print(f"{nats:8.2f}  {name}")
        print(f"The chords are in {kept_nats()}.\n")
        print("Nats for how an event of the test songs is played:")
        for name, nats in found["technique_nats"].items():
            print(f"{nats:8.3f}  {name}")
    if found := results.get("riffs"):
        print(
            "\nShare of events with a technique, in 200 riffs and after the same prompts in songs:"
        )
        for name, (songs, riffs_made) in found["shares"].items():
            print(f"{riffs_made:8.1%} {songs:8.1%}  {name}")
        print("\nShare of 200 riffs within the 5th to 95th percentile of real songs:")
        for name, share in found["inside"].items():
            print(f"{share:8.0%}  {name}")
    if {"riff_step", "classic_step"} <= results.keys():
        targets = [results[name]["targets a second"] for name in ("riff_step", "classic_step")]
        print(
            f"\nThe riff recipe learns from {targets[0] / targets[1]:,.0f} times as many events a "
            "second as the classic recipe at its published size."
        )
    if found := results.get("the_rivals"):
        print(f"\n{found['table']}")


def kept_nats() -> Path:
    """Where the nats of the predictors are kept."""
    return ru.settings().output.parent / "bench_nats.csv"
