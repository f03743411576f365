<?php
/**
 * Keeps optimiser plugins from rewriting the tag, each by its own documented filters and attributes. A tag whose script
 * is merged, delayed or served from elsewhere loses what guards the visitor: its attributes and its hash.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** What an address of our script always holds. */
const AMPARO_LOADER_NAME = '/embed.js';

/** The loader's address as it is printed now, or what every loader's address ends with. */
function amparo_get_protected_address(): string {
	$settings = amparo_get_settings();
	return amparo_is_ready( $settings ) ? amparo_get_loader_address( $settings ) : AMPARO_LOADER_NAME;
}

/**
 * For filters that pass a list of addresses or parts of addresses: WP Rocket's and LiteSpeed's.
 *
 * @param mixed $excluded The list.
 * @return list<mixed>
 */
function amparo_add_to_list( $excluded ): array {
	$address = amparo_get_protected_address();
	return array_merge( array_values( (array) $excluded ), array( $address, (string) wp_parse_url( $address, PHP_URL_PATH ) ) );
}
foreach ( array( 'rocket_exclude_js', 'rocket_exclude_defer_js', 'rocket_delay_js_exclusions', 'litespeed_optimize_js_excludes', 'litespeed_optm_js_defer_exc', 'litespeed_optm_gm_js_exc' ) as $amparo_filter ) {
	add_filter( $amparo_filter, 'amparo_add_to_list' );
}

/**
 * WP Rocket's list of hosts whose scripts it does not touch.
 *
 * @param mixed $hosts The list.
 * @return list<mixed>
 */
function amparo_add_host_to_list( $hosts ): array {
	return array_merge( array_values( (array) $hosts ), array_filter( array( wp_parse_url( amparo_get_protected_address(), PHP_URL_HOST ) ) ) );
}
add_filter( 'rocket_minify_excluded_external_js', 'amparo_add_host_to_list' );

/**
 * Autoptimize passes words with commas between.
 *
 * @param mixed $excluded The words.
 */
function amparo_add_to_words( $excluded ): string {
	$words = is_array( $excluded ) ? implode( ', ', $excluded ) : (string) $excluded;
	return ( '' === trim( $words ) ? '' : $words . ', ' ) . amparo_get_protected_address();
}
add_filter( 'autoptimize_filter_js_exclude', 'amparo_add_to_words' );

/**
 * W3 Total Cache asks for each tag whether it may take it.
 *
 * @param mixed $may        What holds so far.
 * @param mixed $script_tag The whole element.
 * @return mixed
 */
function amparo_refuse_minification( $may, $script_tag ) {
	return is_string( $script_tag ) && false !== strpos( $script_tag, amparo_get_protected_address() ) ? false : $may;
}
add_filter( 'w3tc_minify_js_do_tag_minification', 'amparo_refuse_minification', 10, 2 );

/**
 * Attributes that say "leave this alone". Rocket Loader works outside WordPress, so its own is always there, and before
 * `src`, as Cloudflare asks; the others only beside the plugin that reads them.
 *
 * @param string $is_defined The function that says whether there is a constant of this name.
 * @return array<string, string|true>
 */
function amparo_get_exclusion_attributes( string $is_defined = 'defined' ): array {
	$attributes = array( 'data-cfasync' => 'false' );
	if ( $is_defined( 'WP_ROCKET_VERSION' ) ) {
		$attributes['nowprocket'] = true;
	}
	if ( $is_defined( 'AUTOPTIMIZE_PLUGIN_VERSION' ) ) {
		$attributes['data-noptimize'] = '1';
	}
	if ( $is_defined( 'LSCWP_V' ) ) {
		$attributes['data-no-optimize'] = '1';
		$attributes['data-no-defer']    = '1';
	}
	return $attributes;
}
