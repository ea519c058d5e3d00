#!/usr/bin/env python3
"""Writes the API's description as JSON: openapi_json.py IN.yaml OUT.json. A key that occurs twice is an error."""
import json
import sys

import yaml


class UniqueKeyLoader(yaml.SafeLoader):
    def compose_mapping_node(self, anchor):
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} occurs twice", key.start_mark)
            seen.add(key.value)
        return node


with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
    json.dump(yaml.load(source, UniqueKeyLoader), target)
