//! The inputs in `fuzz/corpus`, and thousands made from them, through every parser: none panics, and what must hold holds.

use std::path::Path;

use amparo_sim::any_bytes;

const CHANGED: usize = 300;

#[test]
fn every_parser_takes_what_fuzzers_have_found_and_what_is_like_it() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, parse) in any_bytes::ALL {
        let folder = std::fs::read_dir(corpus.join(name)).unwrap_or_else(|error| panic!("corpus of {name}: {error}"));
        let mut inputs: Vec<Vec<u8>> = folder.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        assert!(inputs.len() >= 3, "{name}: {} inputs", inputs.len());
        inputs.sort();
        let mut changes = Changes(7);
        for input in &inputs {
            parse(input);
            (0..CHANGED).for_each(|_| parse(&changes.change(input, &inputs)));
        }
    }
}

/// SplitMix64: the same changes in every run.
struct Changes(u64);

impl Changes {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).expect("it is below a usize")
    }

    fn change(&mut self, input: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let mut changed = input.to_vec();
        let at = self.below(changed.len());
        match self.below(5) {
            0 => changed.truncate(at),
            1 => changed.extend_from_slice(&others[self.below(others.len())]),
            2 => drop(changed.splice(at..at, [0xff, 0xff, 0xff, 0xff])),
            _ if changed.is_empty() => changed.push(0),
            3 => changed[at] ^= 1 << self.below(8),
            _ => changed[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
        }
        changed
    }
}
