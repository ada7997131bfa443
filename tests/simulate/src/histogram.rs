//! Counts of times, exact at the ends and to one percent in between.

use crate::time::Ms;

/// Each power of two is cut into so many buckets; below it each millisecond has its own.
const CUTS: u64 = 128;

/// How often each time was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: u64,
}

impl Histogram {
    /// Counts a time; a negative one as 0.
    pub fn count(&mut self, time: Ms) {
        let time = u64::try_from(time).unwrap_or(0);
        let bucket = bucket(time);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] += 1;
        self.count += 1;
        self.max = self.max.max(time);
    }

    /// Adds what another counted.
    pub fn add(&mut self, other: &Histogram) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// Returns how many times were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.count
    }

    /// Returns the longest time, exactly; `None` if none was counted.
    #[must_use]
    pub fn max(&self) -> Option<Ms> {
        (self.count > 0).then(|| Ms::try_from(self.max).expect("it was one"))
    }

    /// Returns a time that `thousandths` of all do not exceed, at most one percent too long; `None` if none was
    /// counted.
    #[must_use]
    pub fn quantile(&self, thousandths: u64) -> Option<Ms> {
        let wanted = (u128::from(self.count) * u128::from(thousandths)).div_ceil(1000).max(1);
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += u128::from(*count);
            seen >= wanted
        })?;
        Some(Ms::try_from(end(bucket).min(self.max)).expect("no longer than one that was counted"))
    }
}

/// Returns where a time is counted.
fn bucket(time: u64) -> usize {
    let above = (time / CUTS).checked_ilog2().map_or(0, |log| log + 1);
    let bucket = match above {
        0 => time,
        _ => CUTS * u64::from(above) + (time >> (above - 1)) - CUTS,
    };
    usize::try_from(bucket).expect("there are 7424 buckets")
}

/// Returns the longest time that is counted in a bucket.
fn end(bucket: usize) -> u64 {
    let (above, cut) = (bucket as u64 / CUTS, bucket as u64 % CUTS);
    match above {
        0 => cut,
        _ => ((CUTS + cut) << (above - 1)) + ((1 << (above - 1)) - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_lies_in_its_bucket_and_close_to_its_end() {
        let powers = (0..62).map(|log| 1 << log);
        for time in (0..70_000).chain(powers.flat_map(|power: u64| [power - 1, power, power + power / 3])) {
            let bucket = bucket(time);
            let end = end(bucket);
            assert!(time <= end, "{time} ends at {end}");
            assert!(bucket == 0 || super::end(bucket - 1) < time, "{time} is in {bucket}");
            assert!((end - time) * 100 <= time, "{end} is far from {time}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_times() {
        let mut rng = fastrand::Rng::with_seed(5);
        let mut draw = || rng.i64(..) >> (40 + rng.u32(0..20)) & 0xff_ffff;
        let mut times: Vec<Ms> = (0..5000).map(|_| draw()).collect();
        let (mut one, mut other) = (Histogram::default(), Histogram::default());
        for (place, time) in times.iter().enumerate() {
            if place % 3 == 0 { one.count(*time) } else { other.count(*time) }
        }
        one.add(&other);
        times.sort_unstable();
        for thousandths in [1, 500, 990, 999, 1000] {
            let exact = times[(5 * thousandths).max(1) - 1];
            let got = one.quantile(thousandths as u64).unwrap();
            assert!(exact <= got && (got - exact) * 100 <= exact, "{thousandths}: {got} for {exact}");
        }
        assert_eq!((one.total(), one.max()), (5000, times.last().copied()));
        assert_eq!(one.quantile(1000), one.max());
    }

    #[test]
    fn of_nothing_there_is_no_time() {
        let none = Histogram::default();
        assert_eq!((none.quantile(500), none.max(), none.total()), (None, None, 0));
    }
}
