"""Whoever waits for long work learns how long; nobody is bothered about short work."""

from pathbook.progress import Progress


def told(total: int, seconds_each: float) -> list[str]:
    now = [0.0]
    said: list[str] = []
    progress = Progress("pages written", total, said.append, lambda: now[0])
    for _ in range(total):
        now[0] += seconds_each
        progress.step()
    return said


def test_long_work_says_how_many_of_how_many_and_the_time_left() -> None:
    assert told(3000, 0.125)[:2] == [
        "pages written: 40 of 3,000, about 6 min left",
        "pages written: 80 of 3,000, about 6 min left",
    ]
    assert told(3000, 0.125)[-1] == "pages written: 2,960 of 3,000, about 5 s left"


def test_short_work_says_nothing() -> None:
    assert told(100, 0.01) == []
