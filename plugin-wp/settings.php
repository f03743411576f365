<?php
/**
 * The plugin's one option: what it holds, what may be in it, how it is read. Nothing else of the plugin is ever stored.
 *
 * `AmparoSettings` in the comments of other files is the array that amparo_get_default_settings() gives.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Its name in WordPress's table of options. */
const AMPARO_OPTION = 'amparo_settings';

/**
 * What holds until somebody says otherwise.
 *
 * @return array{
 *     relay: string, site_key: string, org_key: string, source: 'relay'|'site', version: string, integrity: string,
 *     position: 'end'|'start', title: string, locale: string, phone: string, emergency: string, whatsapp: string,
 *     whatsapp_place: 'off'|'chat'|'page', exit: 'site'|'page'|'chat', exit_url: string,
 *     show: 'everywhere'|'chosen', pages: list<int>, patterns: list<string>, never: list<string>
 * }
 */
function amparo_get_default_settings(): array {
	return array(
		'relay'          => '',
		'site_key'       => '',
		'org_key'        => '',
		'source'         => 'relay',
		'version'        => '',
		'integrity'      => '',
		'position'       => 'end',
		'title'          => '',
		'locale'         => 'auto',
		'phone'          => '',
		'emergency'      => '',
		'whatsapp'       => '',
		'whatsapp_place' => 'chat',
		'exit'           => 'page',
		'exit_url'       => 'https://www.wikipedia.org/',
		'show'           => 'everywhere',
		'pages'          => array(),
		'patterns'       => array(),
		'never'          => array(),
	);
}

/**
 * The settings as they are now, complete whatever the database holds.
 *
 * @return AmparoSettings
 */
function amparo_get_settings(): array {
	$stored  = get_option( AMPARO_OPTION );
	$default = amparo_get_default_settings();
	$stored  = is_array( $stored ) ? array_intersect_key( $stored, $default ) : array();
	foreach ( $stored as $name => $value ) {
		if ( gettype( $value ) === gettype( $default[ $name ] ) ) {
			$default[ $name ] = $value;
		}
	}
	return $default;
}

/**
 * Whether enough is known to print the tag.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_is_ready( array $settings ): bool {
	return '' !== $settings['relay'] && '' !== $settings['site_key'];
}

/**
 * Fields that hold checked text: how it is checked, and what is said when it does not pass. Empty is always allowed.
 *
 * @return array<string, array{callable(string): (string|null), string}>
 */
function amparo_get_text_fields(): array {
	return array(
		'relay'     => array( 'amparo_clean_relay', __( 'The relay’s address has to begin with https. Ask whoever runs the relay for it.', 'amparo' ) ),
		'site_key'  => array( 'amparo_clean_site_key', __( 'A site key has 16 letters and digits. Copy it from the console, page “Sites”.', 'amparo' ) ),
		'org_key'   => array( 'amparo_clean_org_key', __( 'The organisation’s key has 43 letters and digits. Copy it from the console, page “Sites”.', 'amparo' ) ),
		'version'   => array( 'amparo_clean_version', __( 'The pinned version is not one that a relay gives.', 'amparo' ) ),
		'integrity' => array( 'amparo_clean_integrity', __( 'The hash of the pinned version is not complete.', 'amparo' ) ),
		'title'     => array( 'amparo_clean_line', '' ),
		'phone'     => array( 'amparo_clean_phone', __( 'The phone number may hold digits, spaces and a plus in front.', 'amparo' ) ),
		'emergency' => array( 'amparo_clean_phone', __( 'The emergency number may hold digits, spaces and a plus in front.', 'amparo' ) ),
		'whatsapp'  => array( 'amparo_clean_whatsapp', __( 'The WhatsApp number needs the country’s code and no zero in front, such as 34 600 111 222.', 'amparo' ) ),
		'exit_url'  => array( 'amparo_clean_exit_url', __( 'The exit needs an address that begins with https and does not belong to this website.', 'amparo' ) ),
	);
}

/**
 * Fields with a few fixed answers.
 *
 * @return array<string, list<string>>
 */
function amparo_get_choice_fields(): array {
	return array(
		'source'         => array( 'relay', 'site' ),
		'position'       => array( 'end', 'start' ),
		'locale'         => array_merge( array( 'auto' ), amparo_get_widget_locales() ),
		'whatsapp_place' => array( 'off', 'chat', 'page' ),
		'exit'           => array( 'site', 'page', 'chat' ),
		'show'           => array( 'everywhere', 'chosen' ),
	);
}

/**
 * Checks everything that was sent. What does not pass stays as it was, with a sentence that says why.
 *
 * @param mixed          $input  As sent, or as kept.
 * @param AmparoSettings $former What holds now.
 * @return array{0: AmparoSettings, 1: array<string, string>} The settings, and a sentence for each refused field.
 */
function amparo_clean_settings( $input, array $former ): array {
	$input = is_array( $input ) ? $input : array();
	if ( isset( $input['tag'] ) && is_string( $input['tag'] ) ) {
		$input = array_merge( $input, amparo_read_tag( $input['tag'] ) );
	}
	$settings = $former;
	$refused  = array();
	foreach ( amparo_get_text_fields() as $name => list( $clean, $sentence ) ) {
		if ( ! isset( $input[ $name ] ) || ! is_string( $input[ $name ] ) ) {
			continue;
		}
		$value = '' === trim( $input[ $name ] ) ? amparo_get_default_settings()[ $name ] : $clean( $input[ $name ] );
		if ( null === $value ) {
			$refused[ $name ] = $sentence;
		} else {
			$settings[ $name ] = $value;
		}
	}
	foreach ( amparo_get_choice_fields() as $name => $choices ) {
		if ( isset( $input[ $name ] ) && in_array( $input[ $name ], $choices, true ) ) {
			$settings[ $name ] = $input[ $name ];
		}
	}
	return array( amparo_clean_places( $input, $settings ), $refused );
}

/**
 * The fields that say where; and a pin without its hash is none.
 *
 * @param array<mixed>   $input    As sent, or as kept.
 * @param AmparoSettings $settings So far.
 * @return AmparoSettings
 */
function amparo_clean_places( array $input, array $settings ): array {
	if ( isset( $input['pages'] ) && is_array( $input['pages'] ) ) {
		$settings['pages'] = array_values( array_unique( array_filter( array_map( 'absint', array_filter( $input['pages'], 'is_scalar' ) ) ) ) );
	}
	foreach ( array( 'patterns', 'never' ) as $name ) {
		if ( isset( $input[ $name ] ) && ( is_string( $input[ $name ] ) || is_array( $input[ $name ] ) ) ) {
			$settings[ $name ] = amparo_clean_patterns( $input[ $name ] );
		}
	}
	if ( '' === $settings['version'] || '' === $settings['integrity'] ) {
		$settings['version']   = '';
		$settings['integrity'] = '';
	}
	return $settings;
}

/**
 * Called by WordPress for every write of the option.
 *
 * @param mixed $input As sent.
 * @return AmparoSettings
 */
function amparo_sanitize_settings( $input ): array {
	list( $settings, $refused ) = amparo_clean_settings( $input, amparo_get_settings() );
	foreach ( $refused as $name => $sentence ) {
		add_settings_error( AMPARO_OPTION, 'amparo-' . $name, $sentence );
	}
	return $settings;
}

/** Tells WordPress about the option; its own form handler then checks nonce and capability. */
function amparo_register_settings(): void {
	register_setting(
		'amparo',
		AMPARO_OPTION,
		array(
			'type'              => 'object',
			'default'           => amparo_get_default_settings(),
			'sanitize_callback' => 'amparo_sanitize_settings',
			'show_in_rest'      => false,
		)
	);
}
add_action( 'admin_init', 'amparo_register_settings' );
