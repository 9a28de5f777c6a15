"""Which version of Footnote this is."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The version that is installed; 0 in a checkout that is not."""
    try:
        return version("footnote")
    except PackageNotFoundError:
        return "0"
