"""A second region in the local AWS: `make run REGIONS=2`. Nothing of it is loaded without that."""
