import subprocess
import sys

HEAVY = ("libpysal", "numba", "rasterio", "scipy", "sklearn")


def test_what_is_heavy_is_loaded_only_where_it_is_used():
    code = f"import sys, genk_geo.stats; print(*sys.modules.keys() & {set(HEAVY)})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
