"""The pages of officers, courts, counsel, monitors and finance departments."""
