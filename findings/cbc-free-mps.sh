#!/usr/bin/env bash
# CBC guesses line by line whether an MPS file is fixed or free.
#
# In MPS files fields are separated by blanks (free) or stand in columns 2, 5, 15, 25, ... (fixed). A
# model in which every field is set apart by one blank is free, and HiGHS and GLPK read it so without
# being told. CBC (CoinUtils) wants the word FREE behind the name. Without it, CBC reads the very same
# lines as free as long as names have 11 or 13 characters, and takes a line for a fixed one where the
# column's name has exactly 12: "Bad image at line ...", and the model is not solved. So a model of a
# transport week is read or not depending on how long the names of its services are.
#
# Seen: CBC 2.10.3 (in PuLP 2.9.0), HiGHS 1.11.0, GLPK 5.0 (swiglpk 5.0.12).
# Expected by a good engineer: the format is recognised once for a file, or not at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check \
    pulp==2.9.0 highspy==1.11.0 swiglpk==5.0.12
cat > check.py <<'PYTHON'
import pathlib
import re
import subprocess

import highspy
import pulp
import swiglpk

MODEL = """NAME week{free}
ROWS
 N cost
 L space
 G all
COLUMNS
 {train} cost 3
 {train} all 1
 {train} space 1
 {truck} cost 4
 {truck} all 1
RHS
 rhs space 2
 rhs all 5
ENDATA
"""


def cbc(path):
    binary = pulp.PULP_CBC_CMD().path
    said = subprocess.run([binary, path, "solve"], capture_output=True, text=True).stdout
    value = re.search(r"objective value\s+(\S+)", said)
    return float(value[1]) if value else None, said.count("Bad image at line")


def highs(path):
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.readModel(path)
    model.run()
    return model.getObjectiveValue()


def glpk(path):
    swiglpk.glp_term_out(0)
    model = swiglpk.glp_create_prob()
    assert swiglpk.glp_read_mps(model, swiglpk.GLP_MPS_FILE, None, path) == 0
    swiglpk.glp_simplex(model, None)
    return swiglpk.glp_get_obj_val(model)


least = 18.0
for length in (11, 12, 13):
    for free in ("", " FREE"):
        names = {"train": "ZHENGZHOU-LIEGE"[:length], "truck": "truck"}
        path = f"{length}{free.strip()}.mps"
        pathlib.Path(path).write_text(MODEL.format(free=free, **names))
        assert highs(path) == least, "HiGHS reads it"
        assert glpk(path) == least, "GLPK reads it"
        value, bad = cbc(path)
        print(f"names of {length} characters{free or ', no FREE'}: CBC says {value}, {bad} bad lines")
        misread = length == 12 and not free
        assert (value, bad) == ((None, 3) if misread else (least, 0)), "CBC has changed"
PYTHON
tools/bin/python check.py
