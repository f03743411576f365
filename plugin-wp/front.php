<?php
/**
 * What the public side of the website gets. The same for everybody: no cookie, no write, nothing that a page cache could
 * not keep.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The tag and its static block at the end of the page, or on other pages the exit alone where it is wanted everywhere. */
function amparo_print_tag(): void {
	$settings = amparo_get_settings();
	if ( ! amparo_is_ready( $settings ) ) {
		return;
	}
	$page_id = is_singular() || is_home() ? (int) get_queried_object_id() : 0;
	if ( amparo_is_chat_page( $settings, amparo_get_current_path(), $page_id, did_action( 'amparo_button_printed' ) > 0 ) ) {
		amparo_print_chat( $settings );
	} elseif ( 'site' === $settings['exit'] ) {
		amparo_print_exit( $settings );
	}
}
add_action( 'wp_footer', 'amparo_print_tag' );

/**
 * The tag with its static block.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_print_chat( array $settings ): void {
	echo amparo_get_static_block( $settings ), "\n"; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped piece by piece where it is made.
	wp_print_script_tag( amparo_get_tag_attributes( $settings ) );
}

/**
 * The exit on a page without the chat.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_print_exit( array $settings ): void {
	$side  = 'start' === $settings['position'] ? 'inset-inline-start' : 'inset-inline-end';
	$style = "position:fixed;bottom:16px;$side:16px;z-index:99999;padding:0 16px;background:#fff;color:#1d2a2f;border:1px solid #7a8688;border-radius:8px;font:16px/1.5 system-ui,sans-serif";
	printf( '<div style="%s">%s</div>' . "\n", esc_attr( $style ), amparo_get_exit_link( $settings ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped where it is made.
	wp_print_script_tag( array( 'async' => true ) + amparo_get_exclusion_attributes() + array( 'src' => esc_url( plugins_url( 'exit.js', AMPARO_FILE ) ) ) );
}
