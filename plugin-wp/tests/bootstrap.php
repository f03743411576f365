<?php
/**
 * Loads a real WordPress with the plugin in it, on a fresh SQLite database. `cargo xtask test wordpress` says where
 * WordPress and the built plugin lie.
 *
 * Any notice out of the plugin's own files ends the test; WordPress's old versions may grumble about a new PHP.
 *
 * @package Amparo
 */

// phpcs:disable WordPress.WP.GlobalVariablesOverride
$wordpress = getenv( 'WORDPRESS_FOLDER' );
if ( ! $wordpress || ! is_file( $wordpress . '/wp-load.php' ) ) {
	fwrite( STDERR, "WORDPRESS_FOLDER names no WordPress: run cargo xtask test wordpress\n" );
	exit( 1 );
}
// PHPUnit includes this file inside a function, and WordPress makes these at the top of its files.
global $wpdb, $wp, $wp_rewrite, $wp_locale, $wp_locale_switcher, $shortcode_tags, $current_site, $current_blog, $wp_theme_directories;

$_SERVER['HTTP_HOST']       = 'localhost';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';

require_once $wordpress . '/wp-includes/plugin.php';
add_action(
	'muplugins_loaded',
	static function (): void {
		require WP_PLUGIN_DIR . '/amparo/amparo.php';
	}
);
require $wordpress . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . WPINC . '/class-wp-block-type-registry.php';

set_error_handler(
	static function ( int $kind, string $sentence, string $file, int $line ): bool {
		if ( false !== strpos( $file, '/amparo/' ) || 0 === strpos( $file, __DIR__ ) ) {
			throw new ErrorException( $sentence, 0, $kind, $file, $line );
		}
		return true;
	}
);

require_once __DIR__ . '/class-plugin-case.php';
require_once __DIR__ . '/class-stand-ins.php';
