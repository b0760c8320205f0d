"""Every way in to the gate that the publishers' guides describe: really served, asked by everybody, and cut off."""
