"""Routekaart: from a worry told in Dutch to one person to contact next."""
