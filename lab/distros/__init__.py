"""Nodes made of a distribution's own image, for whoever can pull one. NOT TRIED: no registry was in reach."""
