"""The zip's ``__main__``: starts the program that the settings, its last argument, name."""

import importlib
import json
import sys

importlib.import_module("trueup.collective.node." + json.loads(sys.argv[-1])["program"]).main()
