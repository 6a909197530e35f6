//! Netting: what clearing members can lose to one another, pair by pair or through a clearing house.
//!
//! A position belongs to a member i, and another member j stands behind its other side: X_ij,k = −X_ji,k is what i holds
//! against j in class k (a contract of a venue). Where classes are cleared pair by pair, all of them are netted within the
//! pair: Σ_j|Σ_k X_ij,k|. A clearing house stands between all members, so that within the classes it clears a member's
//! positions against different members are netted too: |Σ_j Σ_k X_ij,k|, but no longer against classes it does not clear.
//! (Duffie and Zhu 2011, "Does a central clearing counterparty reduce counterparty risk?", Review of Asset Pricing Studies 1.)

use std::collections::VecDeque;

/// What the members hold against one another in one class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    members: usize,
    held: Vec<f64>,
}

impl Pairs {
    /// Nothing is held among so many members.
    pub fn new(members: usize) -> Self {
        Self {
            members,
            held: vec![0.0; members * members],
        }
    }

    /// Gives the first member this much more against the second, and the second as much less against the first.
    pub fn add(&mut self, (first, second): (usize, usize), amount: f64) {
        self.held[first * self.members + second] += amount;
        self.held[second * self.members + first] -= amount;
    }

    /// What a member holds against each of the others.
    pub fn of(&self, member: usize) -> &[f64] {
        &self.held[member * self.members..(member + 1) * self.members]
    }

    /// Adds what every member holds against all others together to `sums`, times `worth`. What a member holds against another is
    /// exactly the negative of what that one holds, so the rows can be added up instead of each row's entries, many sums at once.
    fn add_net(&self, worth: f64, sums: &mut [f64], net: &mut [f64]) {
        net.fill(0.0);
        for held in self.held.chunks_exact(self.members) {
            for (sum, held) in net.iter_mut().zip(held) {
                *sum += held;
            }
        }
        for (sum, net) in sums.iter_mut().zip(net) {
            *sum -= worth * *net;
        }
    }

    fn clear(&mut self) {
        self.held.fill(0.0);
    }
}

/// A class of contracts, and how it is cleared.
#[derive(Clone, Copy, Debug)]
pub struct Class<'a> {
    /// What the members hold in it.
    pub pairs: &'a Pairs,
    /// Worth of a unit.
    pub worth: f64,
    /// The clearing house that clears it; none for pair by pair.
    pub house: Option<usize>,
}

/// Every member's exposure, either way, once everything is netted that the classes' clearing allows.
pub fn netted(classes: &[Class<'_>], members: usize) -> Vec<f64> {
    let houses = classes
        .iter()
        .filter_map(|class| class.house)
        .max()
        .map_or(0, |last| last + 1);
    let mut exposures = vec![0.0; members];
    let in_pairs: Vec<_> = classes.iter().filter(|class| class.house.is_none()).collect();
    if !in_pairs.is_empty() {
        let mut with_pairs = vec![0.0; members];
        for (member, exposure) in exposures.iter_mut().enumerate() {
            with_pairs.fill(0.0);
            for class in &in_pairs {
                for (sum, held) in with_pairs.iter_mut().zip(class.pairs.of(member)) {
                    *sum += class.worth * held;
                }
            }
            *exposure = with_pairs.iter().map(|sum| sum.abs()).sum();
        }
    }
    let (mut with_house, mut net) = (vec![0.0; members], vec![0.0; members]);
    for house in 0..houses {
        with_house.fill(0.0);
        for class in classes.iter().filter(|class| class.house == Some(house)) {
            class.pairs.add_net(class.worth, &mut with_house, &mut net);
        }
        for (exposure, sum) in exposures.iter_mut().zip(&with_house) {
            *exposure += sum.abs();
        }
    }
    exposures
}

/// Duffie and Zhu's expected exposure of a member to the others, in units of a single class' with one of them, for
/// independent normal exposures of equal size: over `classes` classes pair by pair it is (N − 1)·√K; with one of them cleared
/// centrally (N − 1)·√(K − 1) + √(N − 1).
pub fn expected_exposure(members: u32, classes: u32, one_central: bool) -> f64 {
    let others = f64::from(members) - 1.0;
    let classes = f64::from(classes);
    if one_central {
        others * libm::sqrt(classes - 1.0) + libm::sqrt(others)
    } else {
        others * libm::sqrt(classes)
    }
}

/// The number of classes below which clearing one of them centrally lowers expected exposures: N²/(4·(N − 1)), where both
/// of [`expected_exposure`] are equal.
pub fn critical_classes(members: u32) -> f64 {
    let members = f64::from(members);
    members * members / (4.0 * (members - 1.0))
}

/// Which members positions belong to: drawn anew with every seed, and the same in every run of a seed, whatever happens in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Number of members; 0 where none clear.
    pub members: usize,
    salt: u64,
}

impl Membership {
    /// Positions spread over so many members, differently with every salt.
    pub const fn new(members: usize, salt: u64) -> Self {
        Self { members, salt }
    }

    /// The member a position belongs to and the one behind its other side, by the position's number.
    pub const fn of(self, id: u32) -> (usize, usize) {
        let hash = mixed(id as u64 ^ self.salt);
        let owner = scaled(hash >> 32, self.members);
        let other = scaled(hash & 0xffff_ffff, self.members - 1);
        (owner, if other < owner { other } else { other + 1 })
    }
}

/// Stafford's mixer: every bit of the number moves half of the bits of the result.
const fn mixed(number: u64) -> u64 {
    let a = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let b = (a ^ (a >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let c = (b ^ (b >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    c ^ (c >> 31)
}

const fn scaled(hash: u64, count: usize) -> usize {
    ((hash * count as u64) >> 32) as usize
}

/// Whose clients one side of a contract belongs to, units, kept up to date as positions come and go. Nothing is kept
/// where no members clear.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    membership: Membership,
    pairs: Pairs,
    /// Positions in liquidation, in the order in which they will be closed.
    waiting: VecDeque<(u32, f64)>,
}

impl Clients {
    /// Nobody's clients yet; without members nothing is kept.
    pub fn new(membership: Membership) -> Self {
        Self {
            membership,
            pairs: Pairs::new(membership.members),
            waiting: VecDeque::new(),
        }
    }

    /// Units of a position come (or, negative, go).
    pub fn shift(&mut self, id: u32, units: f64) {
        if self.membership.members > 0 {
            self.pairs.add(self.membership.of(id), units);
        }
    }

    /// A position waits to be closed whole.
    pub fn enqueue(&mut self, id: u32, units: f64) {
        if self.membership.members > 0 {
            self.waiting.push_back((id, units));
        }
    }

    /// The next units that wait are closed. Adds each member's part of them to `parts`.
    pub fn close(&mut self, mut units: f64, parts: &mut [f64]) {
        while units > 0.0
            && let Some((id, waits)) = self.waiting.front_mut()
        {
            let (id, closed) = (*id, waits.min(units));
            *waits -= closed;
            units -= closed;
            if *waits <= 0.0 {
                self.waiting.pop_front();
            }
            parts[self.membership.of(id).0] += closed;
            self.shift(id, -closed);
        }
    }

    /// Everybody is gone.
    pub fn clear(&mut self) {
        self.pairs.clear();
        self.waiting.clear();
    }

    /// What the members hold against one another.
    pub const fn pairs(&self) -> &Pairs {
        &self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_spread_evenly_and_never_face_their_own_member() {
        for (members, salt) in [(2, 0), (3, 1), (10, u64::MAX), (40, 0x1234_5678_9abc_def0)] {
            let membership = Membership::new(members, salt);
            let mut counts = vec![0.0; members * members];
            let draws = 100_000;
            for id in 0..draws {
                let (owner, other) = membership.of(id);
                assert!(owner != other && owner < members && other < members);
                counts[owner * members + other] += 1.0;
            }
            let expected = f64::from(draws) / (members * (members - 1)) as f64;
            let off_diagonal = |index: &usize| index / members != index % members;
            let pairs: Vec<f64> = (0..counts.len())
                .filter(off_diagonal)
                .map(|index| counts[index])
                .collect();
            let chi_squared: f64 = pairs.iter().map(|count| (count - expected).powi(2) / expected).sum();
            let freedom = pairs.len() as f64 - 1.0;
            let bound = freedom + 4.0 * (2.0 * freedom).sqrt() + 4.0;
            assert!(chi_squared < bound, "{members} members: {chi_squared}, bound {bound}");
        }
    }

    /// Three members, two classes: 0 holds 5 against 1 in the first, 1 holds 5 against 2 in the first, and 0 owes 5 to 1 in
    /// the second.
    #[test]
    fn netting_within_pairs_and_through_houses() {
        let mut pairs = [Pairs::new(3), Pairs::new(3)];
        pairs[0].add((0, 1), 5.0);
        pairs[0].add((1, 2), 5.0);
        pairs[1].add((1, 0), 5.0);
        let at = |houses: [Option<usize>; 2]| {
            let classes: Vec<_> = pairs
                .iter()
                .zip(houses)
                .map(|(pairs, house)| Class {
                    pairs,
                    worth: 2.0,
                    house,
                })
                .collect();
            netted(&classes, 3)
        };
        assert_eq!(at([None, None]), [0.0, 10.0, 10.0], "the classes net within the pair");
        assert_eq!(
            at([Some(0), Some(1)]),
            [20.0, 10.0, 10.0],
            "each house nets only its own class"
        );
        assert_eq!(at([Some(0), Some(0)]), [0.0, 10.0, 10.0], "one house nets everything");
        assert_eq!(at([Some(0), None]), [20.0, 10.0, 10.0]);
    }

    #[test]
    fn the_critical_number_of_classes_is_where_both_are_equal() {
        for members in [3, 10, 40] {
            let critical = critical_classes(members);
            let helps =
                |classes: u32| expected_exposure(members, classes, true) < expected_exposure(members, classes, false);
            for classes in 1..30 {
                assert_eq!(
                    helps(classes),
                    f64::from(classes) < critical,
                    "N {members}, K {classes}"
                );
            }
        }
    }
}
