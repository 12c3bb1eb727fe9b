"""Runs the notebook's cells in order and compares its last training set with what the command line writes.

check_notebook.py SERVER FEATURECTL FOLDER: a service's HOST:PORT, the command line's executable, an empty folder.
"""

import json
import os
import pathlib
import subprocess
import sys

NOTEBOOK = pathlib.Path(__file__).resolve().parents[3] / "samples" / "python" / "notebook.ipynb"


def main(server, featurectl, folder):
    sys.path.insert(0, str(NOTEBOOK.parent))
    from dataset_csv import compare

    os.environ["FEATURES_SERVER"] = server
    names = {}
    for number, cell in enumerate(json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number + 1}", "exec"), names)

    view, path = pathlib.Path(folder, "changed.view.yaml"), pathlib.Path(folder, "changed.csv")
    view.write_text(names["changed"], encoding="utf-8")
    subprocess.run(
        [featurectl, "dataset", "build", "--file", view, "--server", f"http://{server}", "--weeks", names["weeks"], "--out", path],
        check=True, stdout=subprocess.DEVNULL)
    users = {str(user) for user in names["users"]}
    compare(names["better"], path, keep=lambda row: row["user_id"] in users and int(row["opens_4w"]) > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
