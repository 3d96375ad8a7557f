"""Street names: the known ones under every key, and which of them a written name means."""
