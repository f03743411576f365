//! The list of all checks, for the test harness and for those who cannot run one.

macro_rules! for_each_check {
    ($with:ident) => {
        $with! {
            hpke_is_the_rfcs,
            the_organisation_has_its_id_and_opens_its_key,
            an_account_derives_wraps_and_unwraps,
            an_invitation_binds_the_keys,
            rosters_and_registers_are_signed_alike,
            a_shift_is_certified_alike,
            epochs_chain_and_envelopes_open,
            messages_are_sealed_alike_and_open,
            acknowledgements_are_sealed_alike_and_open,
            a_deposit_opens_with_both_halves,
        }
    };
}
