//! Evidence files, read: hand-written ones, and real ones where they are at hand.
