//! Rogue.
use std::rc::Rc;

use crate::world::World;

/// Starts.
pub fn start(_world: &Rc<World>) {}
