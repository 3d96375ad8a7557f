"""The space-time scan for clusters, past ones and those that are alive today."""
