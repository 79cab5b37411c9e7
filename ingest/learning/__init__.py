"""Corrections of what was read on pages: applied to a reading, kept, found for the next one."""
