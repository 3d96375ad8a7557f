"""Weekly counts of areas: what the past lets one expect, alerts, rates, displacement."""
