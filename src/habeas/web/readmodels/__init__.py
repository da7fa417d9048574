"""What the register says, as tables that answer quickly; no fact lives only here."""
