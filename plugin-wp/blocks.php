<?php
/**
 * Two blocks, each also a shortcode: a button that opens the chat, and the phone numbers. Both work without scripts.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Registers the blocks and the shortcodes. The editor's script is written by hand: there is no build step. */
function amparo_register_blocks(): void {
	wp_register_script( 'amparo-blocks', plugins_url( 'blocks.js', AMPARO_FILE ), array( 'wp-blocks', 'wp-block-editor', 'wp-components', 'wp-element', 'wp-server-side-render' ), AMPARO_VERSION, true );
	$words = array(
		'text' => __( 'Words on the button', 'amparo' ),
		'hint' => __( 'The button opens the chat. Without scripts it leads to the chat’s own page.', 'amparo' ),
	);
	wp_add_inline_script( 'amparo-blocks', 'var amparoBlockWords = ' . wp_json_encode( $words ) . ';', 'before' );
	$common = array(
		'api_version'           => 2,
		'category'              => 'widgets',
		'editor_script_handles' => array( 'amparo-blocks' ),
		'supports'              => array( 'html' => false ),
	);
	register_block_type(
		'amparo/button',
		$common + array(
			'title'           => __( 'Talk to us: button', 'amparo' ),
			'description'     => __( 'Opens the chat.', 'amparo' ),
			'icon'            => 'format-chat',
			'attributes'      => array(
				'text' => array(
					'type'    => 'string',
					'default' => '',
				),
			),
			'render_callback' => 'amparo_render_button',
		)
	);
	register_block_type(
		'amparo/phones',
		$common + array(
			'title'           => __( 'Phones and emergency', 'amparo' ),
			'description'     => __( 'The numbers from Amparo’s settings, as links.', 'amparo' ),
			'icon'            => 'phone',
			'attributes'      => array(),
			'render_callback' => 'amparo_render_phones',
		)
	);
	add_shortcode( 'amparo_button', 'amparo_render_button' );
	add_shortcode( 'amparo_phones', 'amparo_render_phones' );
}
add_action( 'init', 'amparo_register_blocks' );

/**
 * A link to the chat's own page, which the loader turns into "open the chat here".
 *
 * @param array<string, mixed>|string $attributes Of the block or the shortcode; a shortcode without any passes text.
 */
function amparo_render_button( $attributes ): string {
	$settings = amparo_get_settings();
	if ( ! amparo_is_ready( $settings ) ) {
		return '';
	}
	/** The page that this button stands on needs the tag as well; see front.php. */
	do_action( 'amparo_button_printed' );
	$text = is_array( $attributes ) ? amparo_clean_line( (string) ( $attributes['text'] ?? '' ) ) : '';
	return sprintf(
		'<div class="wp-block-button amparo-button"><a class="wp-block-button__link wp-element-button" href="%s" target="_blank" rel="noopener noreferrer" data-amparo-open>%s</a></div>',
		esc_url( amparo_get_chat_address( $settings ) ),
		esc_html( '' === $text ? __( 'Talk to us', 'amparo' ) : $text )
	);
}

/** Emergency number, phone and WhatsApp, as far as the settings name them. */
function amparo_render_phones(): string {
	$lines = amparo_get_phone_lines( amparo_get_settings() );
	return array() === $lines ? '' : '<div class="amparo-phones"><p>' . implode( '</p><p>', $lines ) . '</p></div>';
}
