"""What the sandbox is told of Encore: all of manifest.yml."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from bot import manifest

MANIFEST: Final[Mapping[str, Any]] = yaml.safe_load(manifest.text())
