"""The process-pool loop: one task a week, arrays mapped inside the worker, pandas and numpy, raw float32 out.

usage: loop.py ARRAYS OUT USERS WEEKS
"""
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

HOUR = 3_600_000_000
DAY = 24 * HOUR
WEEK = 7 * DAY


class Events:
    """Columns of one source in the order of time; a window of them is a slice."""

    def __init__(self, folder, source):
        self._folder, self._source = folder, source
        self.t = self.column("t")

    def column(self, name, dtype="<i8"):
        path = self._folder / f"{self._source}.{name}"
        return np.memmap(path, dtype=dtype, mode="r") if path.stat().st_size else np.empty(0, dtype)

    def window(self, start, end):
        first, last = np.searchsorted(self.t, (start, end))
        return slice(first, last)


def start_worker(folder, users):
    """Once in each worker: what no week needs to look for again."""
    global FIRST_OPEN, FIRST_EVENT
    FIRST_OPEN = first_times(folder, users, "opens")
    FIRST_EVENT = np.fmin(FIRST_OPEN, np.fmin(first_times(folder, users, "rides"), first_times(folder, users, "coupons")))


def first_times(folder, users, source):
    events = Events(folder, source)
    first = np.full(users, np.nan)
    # In the order of time the earliest is assigned last.
    first[np.asarray(events.column("user_id"))[::-1] - 1] = events.t[::-1]
    return first


def count(user, users):
    return np.bincount(user, minlength=users).astype(float)


def ratio(a, b):
    return np.divide(a, b, out=np.full(len(a), np.nan), where=b != 0)


def week_task(arguments):
    folder, out, users, week = arguments
    cutoff = week * WEEK
    columns = opens_columns(folder, users, cutoff)
    columns |= rides_columns(folder, users, cutoff)
    columns["ride_rate"] = ratio(columns["rides_13w"], columns["opens_13w"])
    columns |= coupons_columns(folder, users, cutoff)
    columns["row_status"] = np.where(FIRST_EVENT < cutoff, 0.0, 1.0)
    table = np.empty((len(ORDER), users), "<f4")
    for row, name in enumerate(ORDER):
        table[row] = columns[name]
    table.tofile(out / f"week-{week:03}.f32")


def opens_columns(folder, users, cutoff):
    opens = Events(folder, "opens")
    user_id = opens.column("user_id")

    def counted(start, end):
        return count(user_id[opens.window(start, end)] - 1, users)

    year = opens.window(cutoff - 52 * WEEK, cutoff)
    last = np.full(users, np.nan)
    last[user_id[year] - 1] = opens.t[year]
    opens_4w = counted(cutoff - 4 * WEEK, cutoff)
    return {
        "opens_4w": opens_4w,
        "opens_13w": counted(cutoff - 13 * WEEK, cutoff),
        "opens_trend": ratio(opens_4w, counted(cutoff - 8 * WEEK, cutoff - 4 * WEEK)),
        "opens_36h": counted(cutoff - 36 * HOUR, cutoff),
        "since_open": (cutoff - last) / DAY,
        "member_days": np.where(FIRST_OPEN < cutoff, (cutoff - FIRST_OPEN) / DAY, np.nan),
    }


def rides_columns(folder, users, cutoff):
    rides = Events(folder, "rides")
    year = rides.window(cutoff - 52 * WEEK, cutoff)
    frame = pd.DataFrame({
        "user": rides.column("user_id")[year] - 1,
        "t": rides.t[year],
        "fare": rides.column("fare")[year],
        "km": rides.column("km", "<f8")[year],
        "area": rides.column("area")[year],
        "cash": rides.column("cash")[year],
        "rating": rides.column("rating")[year],
    })
    # The frame is in the order of time, so a window of it is a slice too.
    half, quarter, days = (frame.iloc[np.searchsorted(frame["t"], cutoff - length):] for length in (26 * WEEK, 13 * WEEK, 90 * DAY))
    everyone = range(users)
    fares = frame.groupby("user")["fare"].agg(["std", "first", "last"]).reindex(everyone)
    ratings = frame[frame["rating"] >= 0].groupby("user")["rating"].min().reindex(everyone)
    moved = half[half["km"] > 0]
    per_km = (moved["fare"] / moved["km"]).groupby(moved["user"]).mean().reindex(everyone)
    rides_13w = count(quarter["user"], users)
    hour = days["t"] // HOUR % 24
    places = quarter[["user", "area"]].drop_duplicates()
    return {
        "rides_13w": rides_13w,
        "fare_13w": np.bincount(quarter["user"], weights=quarter["fare"], minlength=users),
        "fare_per_km": per_km.to_numpy(),
        "fare_spread": fares["std"].to_numpy(),
        "fare_drift": ratio(fares["last"].to_numpy(), fares["first"].to_numpy()),
        "longest_km": half.groupby("user")["km"].max().reindex(everyone).to_numpy(),
        "cash_share": ratio(count(quarter["user"][quarter["cash"] == 1], users), rides_13w),
        "night_rides": count(days["user"][(hour >= 22) | (hour < 5)], users),
        "areas_13w": count(places["user"], users),
        "worst_rating": ratings.to_numpy(),
    }


def coupons_columns(folder, users, cutoff):
    coupons = Events(folder, "coupons")
    user, used = coupons.column("user_id"), coupons.column("used")

    def counted(start, end, wanted):
        window = coupons.window(start, end)
        return count(user[window][used[window] == wanted] - 1, users)

    year = coupons.window(cutoff - 52 * WEEK, cutoff)
    kept = used[year] == 1
    last = np.full(users, np.nan)
    last[user[year][kept] - 1] = coupons.t[year][kept]
    return {
        "granted_4w": counted(cutoff - 4 * WEEK, cutoff, 0),
        "use_rate": ratio(counted(cutoff - 26 * WEEK, cutoff, 1), counted(cutoff - 26 * WEEK, cutoff, 0)),
        "since_used": (cutoff - last) / DAY,
        "used_1w": counted(cutoff, cutoff + WEEK, 1) > 0,
    }


ORDER = [
    "opens_4w", "opens_13w", "opens_trend", "opens_36h", "since_open", "member_days", "rides_13w", "ride_rate", "fare_13w",
    "fare_per_km", "fare_spread", "fare_drift", "longest_km", "cash_share", "night_rides", "areas_13w", "worst_rating", "granted_4w",
    "use_rate", "since_used", "used_1w", "row_status",
]


def main():
    folder, out, users, weeks = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    with ProcessPoolExecutor(2, initializer=start_worker, initargs=(folder, users)) as pool:
        for _ in pool.map(week_task, [(folder, out, users, week) for week in range(weeks)]):
            pass


if __name__ == "__main__":
    main()
