//! Lies.
use std::rc::Rc;

use crate::{
    validator::Validator,
    wire::{Answer, Request},
    world::World,
};

/// The answer as it leaves; none if it does not.
pub fn twist(world: &Rc<World>, _validator: &Rc<Validator>, _request: &Rc<Request>, answer: Answer) -> Option<Answer> {
    if world.random.chance(100) {
        return None;
    }
    Some(answer)
}
