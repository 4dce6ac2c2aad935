//! Kills, restarts and partitions, at random moments.

use std::rc::Rc;

use crate::{
    plan::Fault,
    wallet::Wallet,
    world::{World, party_of_device},
};

/// Starts everything that goes wrong by itself.
pub fn start(world: &Rc<World>, wallets: &[Rc<Wallet>]) {
    if world.plan.has(Fault::ValidatorKill) {
        world.executor.spawn(world.group, kill_validators(Rc::clone(world)));
    }
    if world.plan.has(Fault::ClientKill) {
        world.executor.spawn(world.group, kill_wallets(Rc::clone(world), wallets.to_vec()));
    }
    if !world.plan.byzantine.is_empty() {
        world.executor.spawn(world.group, go_back(Rc::clone(world)));
    }
    if world.plan.has(Fault::Partition) {
        world.executor.spawn(world.group, divide(Rc::clone(world)));
    }
}

async fn kill_validators(world: Rc<World>) {
    while world.is_faulty.get() {
        world.executor.sleep(world.random.duration(10_000, 10_000_000)).await;
        if !world.is_faulty.get() {
            return;
        }
        let validator = world.validator(world.random.index(world.plan.weights.len()));
        if !validator.is_running() {
            continue;
        }
        world.note(format_args!("validator {} is killed", validator.index));
        validator.kill();
        let down = world.random.duration(1_000, 5_000_000);
        let restarted = Rc::clone(&world);
        world.executor.spawn(world.group, async move {
            restarted.executor.sleep(down).await;
            restarted.note(format_args!("validator {} is back", validator.index));
            validator.start();
        });
    }
}

async fn kill_wallets(world: Rc<World>, wallets: Vec<Rc<Wallet>>) {
    while world.is_faulty.get() {
        world.executor.sleep(world.random.duration(10_000, 4_000_000)).await;
        if !world.is_faulty.get() {
            return;
        }
        let wallet = Rc::clone(world.random.pick(&wallets));
        if !wallet.is_running() {
            continue;
        }
        world.note(format_args!("device {} is killed", wallet.device.number));
        wallet.kill();
        let down = world.random.duration(1_000, 1_000_000);
        let restarted = Rc::clone(&world);
        world.executor.spawn(world.group, async move {
            restarted.executor.sleep(down).await;
            restarted.note(format_args!("device {} is back", wallet.device.number));
            wallet.start();
        });
    }
}

/// Liars forget what they have done since some moment, as if a backup had been put back.
async fn go_back(world: Rc<World>) {
    let liars = world.plan.byzantine.iter().map(|index| world.validator(*index)).collect::<Vec<_>>();
    while world.is_faulty.get() {
        world.executor.sleep(world.random.duration(100_000, 6_000_000)).await;
        let liar = world.random.pick(&liars);
        let backups = liar.processes.iter().map(|process| process.disk.snapshot()).collect::<Vec<_>>();
        world.executor.sleep(world.random.duration(100_000, 6_000_000)).await;
        liar.kill();
        if world.is_faulty.get() {
            world.note(format_args!("validator {} goes back", liar.index));
            liar.processes.iter().zip(backups).for_each(|(process, backup)| process.disk.restore(backup));
        }
        liar.start();
    }
}

async fn divide(world: Rc<World>) {
    while world.is_faulty.get() {
        world.executor.sleep(world.random.duration(100_000, 15_000_000)).await;
        if !world.is_faulty.get() {
            return;
        }
        let validators = 0..world.plan.weights.len();
        let devices = (0..=world.plan.devices + 1).map(party_of_device);
        let parties = validators.chain(devices);
        let sides = parties.map(|party| (party, world.random.below(2))).collect();
        world.note(format_args!("the network is divided: {sides:?}"));
        world.divide(sides);
        world.executor.sleep(world.random.duration(100_000, 6_000_000)).await;
        world.note(format_args!("the network is whole"));
        world.divide(Default::default());
    }
}
