//! `simulate`: runs histories and says whether anybody was ever missed.

fn main() {
    let mut args = std::env::args().skip(1);
    let from: u64 = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(0);
    let to: u64 = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(1000);
    let begun = std::time::Instant::now();
    let mut bad = 0;
    for seed in from..to {
        let history = simulate::history::Script::draw(seed).live(false);
        if !history.seen.violations.is_empty() {
            bad += 1;
            if bad < 30 {
                eprintln!("{seed} {:?}: {:?}", history.trouble, history.seen.violations[0]);
            }
        }
    }
    let took = begun.elapsed().as_secs_f64();
    eprintln!("{} histories, {bad} bad, {:.0} a second", to - from, (to - from) as f64 / took);
}
