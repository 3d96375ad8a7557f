"""The register of agreements: a spreadsheet of others, read as it is and only ever added to."""
