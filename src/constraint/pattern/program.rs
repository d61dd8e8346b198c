//! Compiles a tree to a program, and runs it: all threads at once, character by character, so that each character costs
//! at most one pass over the program. <https://swtch.com/~rsc/regexp/regexp2.html>

use super::InvalidPattern;
use super::class::{Class, WORD};
use super::parse::Node;

/// A compiled pattern: a list of steps.
#[derive(Clone, Debug)]
pub(super) struct Program(Vec<Step>);

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Consume one of these characters.
    Consume(Class),
    /// Continue only at this position.
    Assert(Position),
    /// Continue at both steps.
    Fork(usize, usize),
    Jump(usize),
    Match,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Position {
    Start,
    End,
    WordBoundary(bool),
}

impl Program {
    pub(super) fn compile(node: &Node) -> Result<Self, InvalidPattern> {
        let mut program = Self(Vec::new());
        program.add(node)?;
        program.push(Step::Match)?;
        Ok(program)
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The consuming and matching steps that can be reached from a step without consuming a character.
    pub(super) fn reached_from(&self, index: usize) -> Vec<usize> {
        let mut threads = Vec::new();
        self.machine().follow(index, &mut threads, None, None);
        threads
    }

    fn machine(&self) -> Machine<'_> {
        Machine {
            program: &self.0,
            marks: vec![0; self.0.len()],
            at: 0,
            forks: Vec::new(),
        }
    }

    /// Whether the whole text matches, or with `is_prefix` a prefix of it.
    pub(super) fn matches(&self, text: &str, is_prefix: bool) -> bool {
        let mut machine = self.machine();
        let mut threads = Vec::with_capacity(self.0.len());
        let mut next_threads = Vec::with_capacity(self.0.len());
        let mut characters = text.chars();
        let (mut before, mut next) = (None, characters.next());
        machine.follow(0, &mut threads, before, next);
        loop {
            let has_match = threads
                .iter()
                .any(|&thread| matches!(self.0.get(thread), Some(Step::Match)));
            let Some(character) = next else {
                return has_match;
            };
            if is_prefix && has_match {
                return true;
            }
            before = next;
            next = characters.next();
            next_threads.clear();
            machine.at = machine.at.wrapping_add(1);
            for &thread in &threads {
                if matches!(self.0.get(thread), Some(Step::Consume(class)) if class.has(character.into()))
                {
                    machine.follow(thread + 1, &mut next_threads, before, next);
                }
            }
            if next_threads.is_empty() {
                return false;
            }
            std::mem::swap(&mut threads, &mut next_threads);
        }
    }

    fn add(&mut self, node: &Node) -> Result<(), InvalidPattern> {
        match node {
            Node::Class(class) => self.push(Step::Consume(class.clone())),
            Node::Start => self.push(Step::Assert(Position::Start)),
            Node::End => self.push(Step::Assert(Position::End)),
            Node::WordBoundary(is_wanted) => {
                self.push(Step::Assert(Position::WordBoundary(*is_wanted)))
            }
            Node::Sequence(nodes) => nodes.iter().try_for_each(|node| self.add(node)),
            Node::Alternatives(nodes) => self.add_alternatives(nodes),
            Node::Repeat { node, min, max } => self.add_repeat(node, *min, *max),
            Node::LookAhead(..) => Err(InvalidPattern(
                "look-ahead runs in linear time only at the very beginning; move it there"
                    .to_owned(),
            )),
        }
    }

    fn add_alternatives(&mut self, nodes: &[Node]) -> Result<(), InvalidPattern> {
        let mut ends = Vec::new();
        let Some((last, others)) = nodes.split_last() else {
            return Ok(());
        };
        for node in others {
            let fork = self.0.len();
            self.push(Step::Fork(fork + 1, 0))?;
            self.add(node)?;
            ends.push(self.0.len());
            self.push(Step::Jump(0))?;
            self.set(fork, Step::Fork(fork + 1, self.0.len()));
        }
        self.add(last)?;
        let end = self.0.len();
        for jump in ends {
            self.set(jump, Step::Jump(end));
        }
        Ok(())
    }

    fn add_repeat(
        &mut self,
        node: &Node,
        min: u32,
        max: Option<u32>,
    ) -> Result<(), InvalidPattern> {
        for _ in 0..min {
            let before = self.0.len();
            self.add(node)?;
            if self.0.len() == before {
                // An empty node matches the same, however often it is repeated.
                return Ok(());
            }
        }
        let Some(max) = max else {
            let fork = self.0.len();
            self.push(Step::Fork(fork + 1, 0))?;
            self.add(node)?;
            self.push(Step::Jump(fork))?;
            self.set(fork, Step::Fork(fork + 1, self.0.len()));
            return Ok(());
        };
        let mut forks = Vec::new();
        for _ in min..max {
            let fork = self.0.len();
            forks.push(fork);
            self.push(Step::Fork(fork + 1, 0))?;
            self.add(node)?;
            if self.0.len() == fork + 1 {
                break;
            }
        }
        let end = self.0.len();
        for fork in forks {
            self.set(fork, Step::Fork(fork + 1, end));
        }
        Ok(())
    }

    fn push(&mut self, step: Step) -> Result<(), InvalidPattern> {
        if self.0.len() >= MAX_STEPS {
            return Err(too_many_steps());
        }
        self.0.push(step);
        Ok(())
    }

    fn set(&mut self, index: usize, step: Step) {
        if let Some(place) = self.0.get_mut(index) {
            *place = step;
        }
    }
}

struct Machine<'a> {
    program: &'a [Step],
    /// The position at which each step was last reached, so that none is followed twice there.
    marks: Vec<usize>,
    at: usize,
    forks: Vec<usize>,
}

impl Machine<'_> {
    /// Adds every consuming or matching step that can be reached from `from` without consuming a character.
    fn follow(
        &mut self,
        from: usize,
        threads: &mut Vec<usize>,
        before: Option<char>,
        next: Option<char>,
    ) {
        self.forks.push(from);
        while let Some(index) = self.forks.pop() {
            let Some(mark) = self.marks.get_mut(index) else {
                continue;
            };
            // Marks begin at zero, which is never a position.
            if std::mem::replace(mark, self.at + 1) == self.at + 1 {
                continue;
            }
            match self.program.get(index) {
                Some(Step::Fork(one, other)) => self.forks.extend([*other, *one]),
                Some(Step::Jump(to)) => self.forks.push(*to),
                Some(Step::Assert(position)) if position.is_here(before, next) => {
                    self.forks.push(index + 1)
                }
                Some(Step::Consume(_) | Step::Match) => threads.push(index),
                Some(Step::Assert(_)) | None => {}
            }
        }
    }
}

impl Position {
    fn is_here(self, before: Option<char>, next: Option<char>) -> bool {
        let is_word = |character: Option<char>| {
            character.is_some_and(|character| {
                WORD.iter()
                    .any(|&(first, last)| (first..=last).contains(&u32::from(character)))
            })
        };
        match self {
            Self::Start => before.is_none(),
            Self::End => next.is_none(),
            Self::WordBoundary(is_wanted) => (is_word(before) != is_word(next)) == is_wanted,
        }
    }
}

pub(super) fn too_many_steps() -> InvalidPattern {
    InvalidPattern(format!(
        "it has more than {MAX_STEPS} steps when its counts are written out; use minlength, maxlength or smaller counts"
    ))
}

/// The most steps of all programs of a pattern together, and so the most work for one character of a value.
pub(super) const MAX_STEPS: usize = 1_000;
