"""Where walls stood and what came of them, how far readers use their allowance, what another would have done."""
