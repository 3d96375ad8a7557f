"""Location strings as they are written, taken apart into typed parts."""
