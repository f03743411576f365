<?php
/**
 * The plugin's translations. A regional variant that has none of its own gets its language's: a website in Mexican
 * Spanish reads Spanish, not English.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Loads the translation for the page's language. */
function amparo_load_translations(): void {
	load_plugin_textdomain( 'amparo', false, dirname( plugin_basename( AMPARO_FILE ) ) . '/languages' );
}
add_action( 'init', 'amparo_load_translations', 1 );

/**
 * The file that comes nearest to the wanted one.
 *
 * @param mixed $file   The wanted file.
 * @param mixed $domain Whose texts.
 * @return mixed
 */
function amparo_choose_translation_file( $file, $domain ) {
	if ( 'amparo' !== $domain || ! is_string( $file ) || is_readable( $file ) || ! preg_match( '/amparo-([a-z]{2,3})(_[A-Za-z0-9_]+)?\.mo$/', $file, $found ) ) {
		return $file;
	}
	$nearest = array(
		'ar' => 'ar',
		'es' => 'es_ES',
		'it' => 'it_IT',
		'pt' => 'pt_PT',
	);
	return isset( $nearest[ $found[1] ] ) ? __DIR__ . '/languages/amparo-' . $nearest[ $found[1] ] . '.mo' : $file;
}
add_filter( 'load_textdomain_mofile', 'amparo_choose_translation_file', 10, 2 );
