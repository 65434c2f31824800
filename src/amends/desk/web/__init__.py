"""Ground of the desk: base templates, components, static sources, direction, the reader's calendar."""
