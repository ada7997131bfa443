//! How two texts differ, line by line.

/// Lines around a difference that are shown, too.
const AROUND: usize = 2;

/// Returns the lines that only `old` has behind `-`, those that only `new` has behind `+`, and some around them.
pub(crate) fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // The longest common part of what is left of both, from each pair of places on.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            common[a][b] = if old[a] == new[b] {
                common[a + 1][b + 1] + 1
            } else {
                common[a + 1][b].max(common[a][b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut lines: Vec<(char, &str)> = Vec::new();
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            lines.push((' ', old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len() || (a < old.len() && common[a + 1][b] >= common[a][b + 1]) {
            lines.push(('-', old[a]));
            a += 1;
        } else {
            lines.push(('+', new[b]));
            b += 1;
        }
    }
    let is_near = |place: usize| {
        let near = place.saturating_sub(AROUND)..(place + AROUND + 1).min(lines.len());
        lines[near].iter().any(|(mark, _)| *mark != ' ')
    };
    let shown = lines.iter().enumerate().filter(|(place, _)| is_near(*place));
    let shown: Vec<String> = shown.map(|(_, (mark, line))| format!("  {mark} {line}")).collect();
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn what_differs_is_shown_with_what_is_around_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n";
        assert_eq!(difference(old, new), "    3\n    4\n  - 5\n  + five\n    6\n    7\n  + 8");
        assert_eq!(difference(old, old), "");
    }
}
