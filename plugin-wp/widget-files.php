<?php
/**
 * The widget's own files, which come in the zip so that the website can serve them and the relay needs to serve no code.
 *
 * They lie in a folder that is named after their version: browsers keep scripts for a long time, and no page may ever
 * get half of its program from an older one. A checkout of the source has none; `cargo xtask dist` puts them there.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The version of the files in this plugin; empty where there are none. */
function amparo_get_widget_version(): string {
	$loaders = glob( __DIR__ . '/widget/*/embed.js' );
	return $loaders ? basename( dirname( $loaders[0] ) ) : '';
}

/** Whether the website can serve the widget. */
function amparo_has_widget_files(): bool {
	return '' !== amparo_get_widget_version();
}

/** Where the website serves the loader. */
function amparo_get_own_loader_address(): string {
	return plugins_url( 'widget/' . amparo_get_widget_version() . '/embed.js', AMPARO_FILE );
}

/** The hash of the loader in this plugin, as an `integrity` attribute has it; empty where there is none. */
function amparo_get_own_loader_hash(): string {
	$file = __DIR__ . '/widget/' . amparo_get_widget_version() . '/embed.js';
	return is_readable( $file ) ? amparo_hash( (string) file_get_contents( $file ) ) : '';
}

/** A hash as an `integrity` attribute has it. */
function amparo_hash( string $content ): string {
	return 'sha384-' . base64_encode( hash( 'sha384', $content, true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- the form that browsers want.
}

/**
 * The languages that the widget speaks, as its own files say; the launch languages where there are none to ask.
 *
 * @return list<string>
 */
function amparo_get_widget_locales(): array {
	$files = glob( __DIR__ . '/widget/*/texts-*.txt' );
	if ( ! $files ) {
		return array( 'ar', 'en', 'es', 'it', 'pt-BR', 'pt-PT' );
	}
	return array_map(
		static function ( string $file ): string {
			return (string) preg_replace( '~^.*/texts-(.*)\.txt$~', '$1', $file );
		},
		$files
	);
}
