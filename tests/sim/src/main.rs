//! Runs seeds until one breaks a promise.

fn main() {
    let seed = std::env::args().nth(1).map_or(1, |text| text.parse().expect("a number"));
    let seeds: u64 = std::env::args().nth(2).map_or(1, |text| text.parse().expect("a number"));
    let start = std::time::Instant::now();
    let mut total = 0;
    for seed in seed..seed + seeds {
        let options = walnut_sim::plan::Options {
            seed,
            steps: 5000,
            without: Default::default(),
            echo: seeds == 1,
        };
        let report = walnut_sim::run::run(options);
        total += report.steps;
        println!("{} steps {} blocks {} time {} hash {:x} {:?} {}", report.seed, report.steps, report.blocks, report.time / 1000000, report.hash, report.faults, report.violation.map_or(String::new(), |violation| violation.to_string()));
    }
    println!("{total} steps, {} per second", total as f64 / start.elapsed().as_secs_f64());
}
