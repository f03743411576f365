<?php
/**
 * What the settings page asks its own website for: the check of the relay, the pin, the preview. Each takes the form as
 * it stands, needs its nonce and the right to change settings, and stores nothing.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The form as it was sent, checked; ends the request where the sender may not ask.
 *
 * @return array{0: AmparoSettings, 1: array<string, string>} The settings, and a sentence for each refused field.
 */
function amparo_get_sent_settings(): array {
	if ( ! current_user_can( 'manage_options' ) || ! check_ajax_referer( 'amparo-options', '_wpnonce', false ) ) {
		wp_die( esc_html__( 'Reload the page and try again.', 'amparo' ), '', array( 'response' => 403 ) );
	}
	$input = isset( $_POST[ AMPARO_OPTION ] ) ? wp_unslash( $_POST[ AMPARO_OPTION ] ) : array(); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput.InputNotSanitized -- field by field in amparo_clean_settings().
	return amparo_clean_settings( $input, amparo_get_settings() );
}

/** Whether everything fits. */
function amparo_answer_check(): void {
	list( $settings, $refused ) = amparo_get_sent_settings();
	wp_send_json_success( amparo_get_check( $settings, $refused ) );
}
add_action( 'wp_ajax_amparo_check', 'amparo_answer_check' );

/** The version that the relay runs now with its hash, or why there is none. */
function amparo_answer_pin(): void {
	list( $settings, $refused ) = amparo_get_sent_settings();
	$pin = '' === $settings['relay'] || isset( $refused['relay'] ) ? null : amparo_get_pin( $settings['relay'] );
	null === $pin ? wp_send_json_error( amparo_get_check( $settings, $refused ) ) : wp_send_json_success( $pin );
}
add_action( 'wp_ajax_amparo_pin', 'amparo_answer_pin' );

/**
 * What is wrong with the form comes first; the relay is asked only when its address can be one.
 *
 * @param AmparoSettings        $settings The settings, with what was refused left as it was.
 * @param array<string, string> $refused  A sentence for each refused field.
 * @return list<array{state: string, sentence: string}>
 */
function amparo_get_check( array $settings, array $refused ): array {
	$findings = array();
	foreach ( $refused as $sentence ) {
		$findings[] = amparo_get_finding( 'bad', $sentence );
	}
	return isset( $refused['relay'] ) ? $findings : array_merge( $findings, amparo_check_relay( $settings ) );
}

/** A bare page with the tag. */
function amparo_answer_preview(): void {
	list( $settings ) = amparo_get_sent_settings();
	printf( '<!doctype html><html %s><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title></head><body>', get_language_attributes(), esc_html__( 'Preview', 'amparo' ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- WordPress's own attributes.
	if ( amparo_is_ready( $settings ) ) {
		amparo_print_chat( $settings );
	} else {
		echo '<p>' . esc_html__( 'Fill in the relay’s address and the site key first.', 'amparo' ) . '</p>';
	}
	echo '</body></html>';
	wp_die( '', '', array( 'response' => null ) );
}
add_action( 'wp_ajax_amparo_preview', 'amparo_answer_preview' );
