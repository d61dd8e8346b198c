//! Runs a short program with sets of steps: one integer holds all its threads, and running it allocates nothing. Most
//! patterns are that short.

use super::class::Class;
use super::program::{Program, Step};

/// A program of at most 64 steps without assertions about the position.
#[derive(Clone, Debug)]
pub(super) struct Sets {
    start: u64,
    matches: u64,
    /// By their index in the program; steps that consume nothing have no successors.
    steps: Vec<Transition>,
}

/// A step that consumes a character.
#[derive(Clone, Debug, Default)]
struct Transition {
    class: Class,
    /// The ASCII of the class: bit 33 of the second is `a`. In wasm, to shift one `u128` is a call.
    ascii: [u64; 2],
    /// The set of the next steps.
    next: u64,
}

impl Sets {
    pub(super) fn of(program: &Program) -> Option<Self> {
        let steps = program.steps();
        if steps.len() > MAX_STEPS || steps.iter().any(|step| matches!(step, Step::Assert(_))) {
            return None;
        }
        let from = |index| {
            program
                .reached_from(index)
                .iter()
                .fold(0_u64, |set, &step| set | 1 << step)
        };
        let is_match = |(_, step): &(usize, &Step)| matches!(step, Step::Match);
        let matches = steps
            .iter()
            .enumerate()
            .filter(is_match)
            .fold(0, |set, (index, _)| set | 1 << index);
        let transitions = steps.iter().enumerate().map(|(index, step)| match step {
            Step::Consume(class) => Transition {
                class: class.clone(),
                ascii: {
                    let bits = (0..128).filter(|&code_point| class.has(code_point));
                    let set = bits.fold(0_u128, |set, bit| set | 1 << bit);
                    [set as u64, (set >> 64) as u64]
                },
                next: from(index + 1),
            },
            _ => Transition::default(),
        });
        Some(Self {
            start: from(0),
            matches,
            steps: transitions.collect(),
        })
    }

    /// See [`Program::matches`].
    pub(super) fn matches(&self, text: &str, is_prefix: bool) -> bool {
        let mut threads = self.start;
        for character in text.chars() {
            if is_prefix && threads & self.matches != 0 {
                return true;
            }
            threads = self.after(threads, character.into());
            if threads == 0 {
                return false;
            }
        }
        threads & self.matches != 0
    }

    /// The set of threads after a character.
    fn after(&self, mut threads: u64, code_point: u32) -> u64 {
        let mut next = 0;
        while threads != 0 {
            let step = self.steps.get(threads.trailing_zeros() as usize);
            next |= step
                .filter(|step| step.takes(code_point))
                .map_or(0, |step| step.next);
            // Clears the lowest bit.
            threads &= threads - 1;
        }
        next
    }
}

impl Transition {
    fn takes(&self, code_point: u32) -> bool {
        match self.ascii.get(code_point as usize / 64) {
            Some(set) => set >> (code_point % 64) & 1 == 1,
            None => self.class.has(code_point),
        }
    }
}

/// The most steps: the bits of a `u64`.
const MAX_STEPS: usize = 64;
