"""Densities: kernels fixed and adaptive, bandwidths, relative risk, clusters, contours."""
