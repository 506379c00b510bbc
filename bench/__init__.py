"""The benchmarks and the peers that they are measured against: `make bench`."""
