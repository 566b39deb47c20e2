"""A report as one HTML file that opens offline."""

from lnmbench.rendering.html.page import to_html

__all__ = ["to_html"]
