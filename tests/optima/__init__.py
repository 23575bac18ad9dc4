"""Tests of `klexact.optima`, one file a module."""
