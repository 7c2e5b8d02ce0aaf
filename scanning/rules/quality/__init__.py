"""What readers and agents would miss in a package; nothing here stops one."""
