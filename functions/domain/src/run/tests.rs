//! Turns on their ladders.
