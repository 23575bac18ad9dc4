"""Tests of `klexact.integrals`, one file a module."""
