"""Whom the installation tells that its register has grown, and whether it was heard."""
