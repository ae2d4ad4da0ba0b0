"""Prints the script of a step of action.yml: step.py ACTION NAME."""

import sys

import yaml

steps = yaml.safe_load(open(sys.argv[1]))["runs"]["steps"]
print(next(step["run"] for step in steps if step["name"] == sys.argv[2]))
