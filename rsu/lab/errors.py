"""Errors of the analysis.

AnalysisError
    TruthError      a truth file that is none, or of another time
    ParameterError  a parameter to tune that the site file does not have, or a range that cannot be
    MissingError    a library of the extra `lab`, a database's driver or a program that is not installed
    StorageError    a database of trials that does not answer
    ModelError      a neural network's package or graph that is not the one that is known
"""

from __future__ import annotations

from rsu.core.errors import RsuError


class AnalysisError(RsuError):
    """Base of this package's errors."""


class TruthError(AnalysisError):
    """Truth that cannot be used; names the place."""


class ParameterError(AnalysisError):
    """A parameter that cannot be tuned."""


class MissingError(AnalysisError):
    """A library that is not there."""


class StorageError(AnalysisError):
    """A database that cannot be reached, or fails."""


class ModelError(AnalysisError):
    """A neural network's file that cannot be used."""
