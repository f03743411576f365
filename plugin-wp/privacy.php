<?php
/**
 * The text that WordPress's privacy guide proposes for the website's own policy.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Adds the proposal; WordPress shows it to whoever writes the policy, and nowhere else. */
function amparo_add_privacy_text(): void {
	$settings = amparo_get_settings();
	$relay    = '' === $settings['relay'] ? __( 'our chat server', 'amparo' ) : (string) wp_parse_url( $settings['relay'], PHP_URL_HOST );
	$lines    = array(
		__( 'This website offers a chat with our counselors. The chat needs no name and no account, and sets no cookie.', 'amparo' ),
		/* translators: %s: the relay's host. */
		sprintf( __( 'When a page with the chat is loaded, your browser fetches a script. When you open the chat, it connects to %s, which our organisation runs itself. It sees your browser’s network address while the connection lasts and does not store it.', 'amparo' ), $relay ),
		__( 'What you write is encrypted in your browser for the counselor who talks with you. The server keeps it in memory, unreadable, for as long as the conversation lasts, and writes none of it to disk.', 'amparo' ),
		__( 'While a page changes during a conversation, your browser keeps one random value for this tab, so that the conversation can go on. It is gone when the conversation ends.', 'amparo' ),
		__( 'That you visited this website stays in your browser’s history, and your network provider can see it.', 'amparo' ),
	);
	if ( 'off' !== $settings['whatsapp_place'] && '' !== $settings['whatsapp'] ) {
		$lines[] = __( 'We also answer on WhatsApp. There we see your number, the messages stay on your phone, and WhatsApp’s own terms hold.', 'amparo' );
	}
	wp_add_privacy_policy_content( 'Amparo', wp_kses_post( '<p>' . implode( '</p><p>', $lines ) . '</p>' ) );
}
add_action( 'admin_init', 'amparo_add_privacy_text' );
