//! Native client against a native server over loopback.
