//! The suite's primitives against the vectors of Project Wycheproof, which try what broke other implementations (check
//! C1): natively and as WebAssembly.

use amparo_client::crypto::primitives::{aead_open, aead_seal, verify};
use wycheproof::TestResult::{Invalid, Valid};
use wycheproof::{aead, eddsa, xdh};

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn chacha20_poly1305_seals_alike_and_opens_nothing_that_was_changed() {
    let set = aead::TestSet::load(aead::TestName::ChaCha20Poly1305).expect("the vectors are there");
    let mut checked = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // Other lengths cannot be written down here: key and nonce are arrays.
        let (Ok(key), Ok(nonce)) = (test.key[..].try_into(), test.nonce[..].try_into()) else {
            assert_eq!(test.result, Invalid, "{}", test.tc_id);
            continue;
        };
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let opened = aead_open(key, nonce, &test.aad, &sealed);
        assert_eq!(opened.is_some(), test.result == Valid, "{}: {}", test.tc_id, test.comment);
        if let Some(opened) = opened {
            assert_eq!(opened[..], test.pt[..], "{}", test.tc_id);
            assert_eq!(aead_seal(key, nonce, &test.aad, &test.pt), sealed, "{}", test.tc_id);
        }
        checked += 1;
    }
    assert!(checked > 200, "{checked} vectors are too few to tell anything");
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn ed25519_takes_what_is_signed_and_nothing_else() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("the vectors are there");
    let mut checked = 0;
    for group in &set.test_groups {
        let public = group.key.pk[..].try_into().expect("32 bytes");
        for test in &group.tests {
            let counts = test.sig[..].try_into().is_ok_and(|sig| verify(public, &test.msg, sig).is_some());
            assert_eq!(counts, test.result == Valid, "{}: {}", test.tc_id, test.comment);
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked} vectors are too few to tell anything");
}

/// HPKE has it from the same crate; a secret of nothing but zeros is refused there, not here.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn x25519_agrees_also_on_the_strangest_keys() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).expect("the vectors are there");
    let mut checked = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let private = test.private_key[..].try_into().expect("32 bytes");
        let public = test.public_key[..].try_into().expect("32 bytes");
        assert_eq!(x25519_dalek::x25519(private, public)[..], test.shared_secret[..], "{}", test.tc_id);
        checked += 1;
    }
    assert!(checked > 400, "{checked} vectors are too few to tell anything");
}
